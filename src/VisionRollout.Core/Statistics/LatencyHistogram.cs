using System.Text.Json.Serialization;
using VisionRollout.Core.Metrics;

namespace VisionRollout.Core.Statistics;

/// <summary>Response times counted in buckets.</summary>
public sealed record LatencyHistogram
{
    /// <summary>Nothing counted.</summary>
    public static LatencyHistogram Empty { get; } = new();

    /// <summary>Finite upper edges in milliseconds, ascending.</summary>
    public IReadOnlyList<double> Edges { get; init; } = [];

    /// <summary>Requests per bucket (not cumulative): one for each edge, and a last one for what was slower than all edges.</summary>
    public IReadOnlyList<double> Counts { get; init; } = [];

    /// <summary>Requests in all buckets.</summary>
    [JsonIgnore]
    public double Total => Counts.Sum();

    /// <summary>From the cumulative buckets of a Prometheus histogram.</summary>
    /// <param name="buckets">Upper edges ascending, counts not falling; the last edge infinite (where it is missing, nothing was slower).</param>
    public static LatencyHistogram FromCumulative(IReadOnlyList<HistogramBucket> buckets)
    {
        ArgumentNullException.ThrowIfNull(buckets);
        if (buckets.Count == 0) return Empty;
        var edges = buckets.Where(bucket => double.IsFinite(bucket.UpperEdge)).Select(bucket => bucket.UpperEdge).ToArray();
        var counts = new double[edges.Length + 1];
        var below = 0.0;
        for (var index = 0; index < buckets.Count; index++)
        {
            counts[index] = Math.Max(0, buckets[index].Count - below);
            below = Math.Max(below, buckets[index].Count);
        }

        return new LatencyHistogram { Edges = edges, Counts = counts };
    }

    /// <summary>Sum of two histograms on the edges that both have.</summary>
    /// <param name="other">The other one.</param>
    public LatencyHistogram Add(LatencyHistogram other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Combine(other, static (left, right) => left + right);
    }

    /// <summary>What came in since an earlier state of the same histogram; null when a bucket went backwards (the counter was reset).</summary>
    /// <param name="earlier">Earlier state.</param>
    public LatencyHistogram? Since(LatencyHistogram earlier)
    {
        ArgumentNullException.ThrowIfNull(earlier);
        var difference = Combine(earlier, static (left, right) => left - right);
        for (var bucket = 0; bucket < difference.Counts.Count; bucket++)
        {
            if (difference.Counts[bucket] < 0) return null;
        }

        return difference;
    }

    /// <summary>Requests that took at most the given edge.</summary>
    /// <param name="index">Index in <see cref="Edges"/>; one more for all.</param>
    public double Cumulative(int index)
    {
        var sum = 0.0;
        for (var bucket = 0; bucket <= index && bucket < Counts.Count; bucket++) sum += Counts[bucket];
        return sum;
    }

    /// <summary>Index of the bucket that holds the request of the given rank.</summary>
    /// <param name="rank">1 for the fastest request, up to <see cref="Total"/>.</param>
    public int BucketOf(double rank)
    {
        var sum = 0.0;
        for (var bucket = 0; bucket < Counts.Count; bucket++)
        {
            sum += Counts[bucket];
            if (sum >= rank) return bucket;
        }

        return Counts.Count - 1;
    }

    /// <summary>The quantile by linear interpolation within its bucket, in milliseconds: for display only, never for a verdict.
    /// The last finite edge when it is beyond that; null without requests.</summary>
    /// <param name="share">0 to 1 exclusive.</param>
    public double? Estimate(double share)
    {
        if (Total <= 0 || Edges.Count == 0) return null;
        var rank = share * Total;
        var bucket = BucketOf(rank);
        if (bucket >= Edges.Count) return Edges[^1];
        var lower = bucket == 0 ? 0 : Edges[bucket - 1];
        var within = Counts[bucket] > 0 ? (rank - (Cumulative(bucket) - Counts[bucket])) / Counts[bucket] : 1;
        return lower + ((Edges[bucket] - lower) * within);
    }

    /// <summary>Adds up many histograms, as of a thousand pods, in one pass.</summary>
    /// <param name="histograms">The histograms.</param>
    public static LatencyHistogram Sum(IReadOnlyCollection<LatencyHistogram> histograms)
    {
        ArgumentNullException.ThrowIfNull(histograms);
        LatencyHistogram? first = null;
        double[] counts = [];
        foreach (var histogram in histograms)
        {
            if (histogram.Counts.Count == 0) continue;
            if (first is null) (first, counts) = (histogram, [.. histogram.Counts]);
            else if (!HasEdges(histogram, first.Edges)) return histograms.Aggregate(Empty, (sum, next) => sum.Add(next));
            else for (var bucket = 0; bucket < counts.Length; bucket++) counts[bucket] += histogram.Counts[bucket];
        }

        return first is null ? Empty : first with { Counts = counts };
    }

    private static bool HasEdges(LatencyHistogram histogram, IReadOnlyList<double> edges) => ReferenceEquals(histogram.Edges, edges) || histogram.Edges.SequenceEqual(edges);

    private LatencyHistogram Combine(LatencyHistogram other, Func<double, double, double> operation)
    {
        if (other.Counts.Count == 0) return this;
        var left = Counts.Count == 0 ? new LatencyHistogram { Edges = other.Edges, Counts = new double[other.Counts.Count] } : this;
        var right = other;
        if (!HasEdges(left, right.Edges))
        {
            var common = left.Edges.Intersect(right.Edges).ToArray();
            left = left.On(common);
            right = right.On(common);
        }

        var counts = new double[left.Counts.Count];
        for (var bucket = 0; bucket < counts.Length; bucket++) counts[bucket] = operation(left.Counts[bucket], right.Counts[bucket]);
        return left with { Counts = counts };
    }

    private LatencyHistogram On(double[] edges)
    {
        var counts = new double[edges.Length + 1];
        for (var bucket = 0; bucket < Counts.Count; bucket++)
        {
            var target = bucket < Edges.Count ? Array.FindIndex(edges, edge => edge >= Edges[bucket]) : edges.Length;
            counts[target < 0 ? edges.Length : target] += Counts[bucket];
        }

        return new LatencyHistogram { Edges = edges, Counts = counts };
    }
}
