using VisionRollout.Core.Metrics;

namespace VisionRollout.Core.Canary;

/// <summary>The counters of one pod when they were last seen.</summary>
internal sealed class TrackedPod(PodCounters counters)
{
    private PodCounters last = counters;

    /// <summary>Number of the reading in which it was seen last.</summary>
    public long Seen { get; set; }

    /// <summary>Readings in a row in which it was missing.</summary>
    public int Missed { get; set; }

    /// <summary>Takes the pod's new counters and adds what came in since; after a reset that is all it counts now.</summary>
    /// <returns>True after a reset.</returns>
    public bool Advance(PodCounters now, ColourTally tally)
    {
        var reset = !tally.TryAdd(now, last);
        if (reset) tally.Add(now);
        (last, Missed) = (now, 0);
        return reset;
    }
}
