using VisionRollout.Core.Errors;
using VisionRollout.Core.Traffic;

namespace VisionRollout.Core.Tests.World;

/// <summary>A route that is kept in memory and refuses writes of stale versions, as an API server does.</summary>
internal sealed class MemoryRoute : ITrafficRouter
{
    private int version = 1;

    public Dictionary<string, double> Weights { get; private set; } = new() { ["green"] = 1, ["blue"] = 0 };

    public string? Header { get; private set; }

    public int Reads { get; private set; }

    public int Writes { get; private set; }

    /// <summary>Called after each read with its number; another writer may act here.</summary>
    public Action<int>? AfterRead { get; set; }

    /// <summary>Called after each write that was taken.</summary>
    public Action? AfterWrite { get; set; }

    public Task<TrafficRoute> ReadAsync(CancellationToken token)
    {
        var route = Route();
        AfterRead?.Invoke(++Reads);
        return Task.FromResult(route);
    }

    public Task<TrafficRoute> WriteAsync(TrafficRoute seen, IReadOnlyDictionary<string, double> weights, string? headerColour, bool isWayBack, CancellationToken token)
    {
        if (seen.ResourceVersion != $"{version}") throw new RolloutException("RouteChanged", RolloutErrorKind.Conflict, "The route has changed.");
        Writes++;
        Put(weights, headerColour);
        var stored = Route();
        AfterWrite?.Invoke();
        return Task.FromResult(stored);
    }

    /// <summary>A write by whomever.</summary>
    public void Put(IReadOnlyDictionary<string, double> weights, string? header)
    {
        version++;
        Weights = new(weights);
        Header = header;
    }

    /// <summary>A write that changes nothing of ours, e.g. an annotation.</summary>
    public void Touch() => version++;

    private TrafficRoute Route() => new() { Kind = "VirtualService", Name = "shop", ResourceVersion = $"{version}", Weights = new Dictionary<string, double>(Weights), HeaderColour = Header, Managers = ["someone"] };
}
