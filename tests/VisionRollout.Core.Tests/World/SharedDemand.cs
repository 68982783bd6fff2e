using VisionRollout.Core.Clock;
using VisionRollout.Core.Metrics;

namespace VisionRollout.Core.Tests.World;

/// <summary>Request counters as a mesh shows them: a steady demand that the data plane shares out by the weights it has taken.</summary>
internal sealed class SharedDemand(ManualClock clock, Func<double> shareOfBlue) : IMetricSource
{
    private readonly Dictionary<string, double> counters = new() { ["shop"] = 1e6, ["shop-blue"] = 1e5 };
    private DateTimeOffset last = clock.Now;

    public double PerSecond { get; set; } = 100;

    /// <summary>Share of blue's requests that have failed.</summary>
    public double ErrorShare { get; set; }

    public Exception? Failure { get; set; }

    public Task<MetricReading> ReadAsync(IReadOnlyCollection<string> deployments, DateTimeOffset at, CancellationToken token)
    {
        if (Failure is not null) throw Failure;
        var requests = (at - last).TotalSeconds * PerSecond;
        last = at;
        counters["shop-blue"] += requests * shareOfBlue();
        counters["shop"] += requests * (1 - shareOfBlue());
        return Task.FromResult(new MetricReading(at, [.. counters.Select(pair => new PodCounters { Deployment = pair.Key, Pod = pair.Key + "-1", Requests = pair.Value, Errors = pair.Key == "shop-blue" ? pair.Value * ErrorShare : 0 })], []));
    }
}
