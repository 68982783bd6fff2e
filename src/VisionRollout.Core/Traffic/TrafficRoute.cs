using System.Text.Json.Serialization;
using VisionRollout.Core.Evidence;

namespace VisionRollout.Core.Traffic;

/// <summary>The traffic route of an environment as it is stored in the cluster.</summary>
public sealed record TrafficRoute
{
    /// <summary><c>VirtualService</c> or <c>HTTPRoute</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Name of the object.</summary>
    public required string Name { get; init; }

    /// <summary>resourceVersion that was read: a write names it, and fails when the object has changed since.</summary>
    public required string ResourceVersion { get; init; }

    /// <summary>Weight by colour, shares from 0 to 1 that add up to 1 (colours without a destination are 0).</summary>
    public required IReadOnlyDictionary<string, double> Weights { get; init; }

    /// <summary>Colour that requests with the canary header go to; null without a header route.</summary>
    public string? HeaderColour { get; init; }

    /// <summary>The routes that move together, in the order in which they move forward; empty for a single one. Then <see cref="Weights"/> are their
    /// mean, and <see cref="HeaderColour"/> is what all of them agree on.</summary>
    public IReadOnlyList<TrafficRoute> Parts { get; init => field = IndexedList.Of(value); } = [];

    /// <summary>Why this one of several could not be read; null when it was.</summary>
    [JsonIgnore]
    public Errors.RolloutException? Failure { get; init; }

    /// <summary>Field managers that own the route's weights, newest last.</summary>
    public IReadOnlyList<string> Managers { get; init => field = IndexedList.Of(value); } = [];

    /// <summary>When the route was last written (UTC), where the cluster says so.</summary>
    public DateTimeOffset? ChangedAt { get; init; }

    /// <summary>The colour with the greatest weight; on a tie the first in the plan's order.</summary>
    public string LiveColour => Weights.MaxBy(pair => pair.Value).Key;

    /// <summary>Where it stands, for people; the routes one by one where they differ.</summary>
    public override string ToString() => Parts.Any(part => !new RouteState(Weights, HeaderColour).Holds(part))
        ? string.Join("; ", Parts.Select(part => $"{part.Name}: {part}")) : new RouteState(Weights, HeaderColour).ToString();
}
