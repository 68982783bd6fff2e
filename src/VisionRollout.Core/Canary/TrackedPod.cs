using VisionRollout.Core.Metrics;
using VisionRollout.Core.Statistics;

namespace VisionRollout.Core.Canary;

/// <summary>The counters of one pod when they were last seen.</summary>
internal sealed class TrackedPod(PodCounters counters)
{
    public PodCounters Counters { get; private set; } = counters;

    /// <summary>Readings in a row in which it was missing.</summary>
    public int Missed { get; set; }

    private LatencyHistogram Latency { get; set; } = LatencyHistogram.FromCumulative(counters.Latency);

    /// <summary>All that a pod counted since it started.</summary>
    public static ColourCounts Whole(PodCounters counters) => Whole(counters, LatencyHistogram.Empty);

    private static ColourCounts Whole(PodCounters counters, LatencyHistogram like) => new()
    {
        Requests = counters.Requests,
        Errors = counters.Errors,
        Unavailable = counters.Unavailable,
        Latency = LatencyHistogram.FromCumulative(counters.Latency, like),
    };

    /// <summary>Takes the pod's new counters and answers what came in since; after a reset that is all it counts now.</summary>
    public ColourCounts Advance(PodCounters now, out bool reset)
    {
        var whole = Whole(now, Latency);
        var latency = whole.Latency.Since(Latency);
        reset = latency is null || now.Requests < Counters.Requests || now.Errors < Counters.Errors || now.Unavailable < Counters.Unavailable;
        var counts = reset ? whole : new ColourCounts
        {
            Requests = now.Requests - Counters.Requests,
            Errors = now.Errors - Counters.Errors,
            Unavailable = now.Unavailable - Counters.Unavailable,
            Latency = latency!,
        };
        (Counters, Latency, Missed) = (now, whole.Latency, 0);
        return counts;
    }
}
