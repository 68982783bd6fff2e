using VisionRollout.Core.Metrics;
using VisionRollout.Core.Statistics;

namespace VisionRollout.Core.Canary;

/// <summary>Adds up what the pods of one colour counted in an interval, without an object for each of a thousand pods.</summary>
internal sealed class ColourTally
{
    private const int MostBuckets = 128;
    private readonly List<LatencyHistogram> others = [];
    private double[] edges = [];
    private double[] counts = [];
    private double requests;
    private double errors;
    private double unavailable;

    /// <summary>The sum.</summary>
    public ColourCounts Sum => new() { Requests = requests, Errors = errors, Unavailable = unavailable, Latency = Latency };

    private LatencyHistogram Latency
    {
        get
        {
            if (counts.Length == 0) return LatencyHistogram.Sum(others);
            var sum = new LatencyHistogram { Edges = edges, Counts = counts };
            return others.Count == 0 ? sum : LatencyHistogram.Sum([sum, .. others]);
        }
    }

    /// <summary>Adds all that a pod has counted since it started.</summary>
    public void Add(PodCounters pod)
    {
        TryAddLatency(pod.Latency, []);
        requests += pod.Requests;
        errors += pod.Errors;
        unavailable += pod.Unavailable;
    }

    /// <summary>Adds what a pod has counted since an earlier reading; false, and nothing added, when a counter went backwards.</summary>
    public bool TryAdd(PodCounters pod, PodCounters before)
    {
        if (pod.Requests < before.Requests || pod.Errors < before.Errors || pod.Unavailable < before.Unavailable || !TryAddLatency(pod.Latency, before.Latency)) return false;
        requests += pod.Requests - before.Requests;
        errors += pod.Errors - before.Errors;
        unavailable += pod.Unavailable - before.Unavailable;
        return true;
    }

    private bool TryAddLatency(IReadOnlyList<HistogramBucket> now, IReadOnlyList<HistogramBucket> before)
    {
        if (counts.Length == 0 && IsWhole(now)) (edges, counts) = ([.. now.SkipLast(1).Select(bucket => bucket.UpperEdge)], new double[now.Count]);
        if (!HasEdges(now) || (before.Count > 0 && !HasEdges(before))) return TryAddOther(now, before);
        Span<double> since = stackalloc double[now.Count];
        double below = 0, belowBefore = 0;
        for (var bucket = 0; bucket < since.Length; bucket++)
        {
            since[bucket] = Step(now[bucket].Count, ref below) - (before.Count > 0 ? Step(before[bucket].Count, ref belowBefore) : 0);
            if (since[bucket] < 0) return false;
        }

        for (var bucket = 0; bucket < since.Length; bucket++) counts[bucket] += since[bucket];
        return true;
    }

    // Other edges than those of the pods before.
    private bool TryAddOther(IReadOnlyList<HistogramBucket> now, IReadOnlyList<HistogramBucket> before)
    {
        if (LatencyHistogram.FromCumulative(now).Since(LatencyHistogram.FromCumulative(before)) is not { } since) return false;
        others.Add(since);
        return true;
    }

    // Requests in a bucket of a cumulative histogram whose counts should not fall.
    private static double Step(double cumulative, ref double below)
    {
        var step = Math.Max(0, cumulative - below);
        below = Math.Max(below, cumulative);
        return step;
    }

    private static bool IsWhole(IReadOnlyList<HistogramBucket> buckets)
    {
        if (buckets.Count is < 2 or > MostBuckets || !double.IsPositiveInfinity(buckets[^1].UpperEdge)) return false;
        for (var bucket = 0; bucket < buckets.Count - 1; bucket++)
        {
            if (!double.IsFinite(buckets[bucket].UpperEdge)) return false;
        }

        return true;
    }

    private bool HasEdges(IReadOnlyList<HistogramBucket> buckets)
    {
        if (buckets.Count != counts.Length || buckets.Count == 0 || double.IsFinite(buckets[^1].UpperEdge)) return false;
        for (var bucket = 0; bucket < edges.Length; bucket++)
        {
            if (buckets[bucket].UpperEdge != edges[bucket]) return false;
        }

        return true;
    }
}
