using VisionRollout.Core.Evidence;

namespace VisionRollout;

/// <summary>Where traffic goes, as configured and as observed.</summary>
public sealed record TrafficInfo
{
    /// <summary>Environment.</summary>
    public required string Environment { get; init; }

    /// <summary>Kind and name of the route.</summary>
    public required string Route { get; init; }

    /// <summary>Colour.</summary>
    public required string Colour { get; init; }

    /// <summary>True for the colour with the greatest weight.</summary>
    public bool IsLive { get; init; }

    /// <summary>Versions of its Deployments; empty when there are none.</summary>
    public string Version { get; init; } = "";

    /// <summary>Configured share, 0 to 1.</summary>
    public double Weight { get; init; }

    /// <summary>Configured share by route, where several move together; then <see cref="Weight"/> is their mean.</summary>
    public IReadOnlyDictionary<string, double> ByRoute { get; init; } = new Dictionary<string, double>();

    /// <summary>Observed share of requests in the last <see cref="Window"/>, 0 to 1; null when there is no metric server or no request.</summary>
    public double? ObservedShare { get; init; }

    /// <summary>Requests in the window; null when not known.</summary>
    public double? Requests { get; init; }

    /// <summary>Length of the observation.</summary>
    public TimeSpan Window { get; init; }

    /// <summary>True when requests with the canary header come here.</summary>
    public bool HasHeaderRoute { get; init; }

    /// <summary>Since when the route stands so (UTC), where the cluster says so.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Field managers that have written the route, newest last.</summary>
    public IReadOnlyList<string> By { get; init => field = IndexedList.Of(value); } = [];
}
