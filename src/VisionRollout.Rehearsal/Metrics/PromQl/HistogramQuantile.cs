using System.Globalization;

namespace VisionRollout.Rehearsal.Metrics.PromQl;

/// <summary>A quantile from cumulative buckets, interpolated linearly inside the bucket (<c>bucketQuantile</c> in promql/quantile.go).</summary>
internal static class HistogramQuantile
{
    private const string Edge = "le";

    /// <summary>The quantile of each histogram in a vector of buckets.</summary>
    public static PromVector Of(double quantile, IReadOnlyList<PromElement> buckets)
    {
        var histograms = buckets
            .Where(bucket => bucket.Labels[Edge].Length > 0)
            .GroupBy(bucket => bucket.Labels.Without(Edge, LabelSet.MetricName));
        return new PromVector(
        [
            .. histograms.Select(histogram => new PromElement(histogram.Key, Of(quantile,
                [.. histogram.Select(bucket => (EdgeOf(bucket.Labels[Edge]), bucket.Value)).OrderBy(bucket => bucket.Item1)]))),
        ]);
    }

    private static double EdgeOf(string text) => text == "+Inf" ? double.PositiveInfinity
        : double.TryParse(text, CultureInfo.InvariantCulture, out var edge) ? edge : double.NaN;

    private static double Of(double quantile, (double Edge, double Count)[] buckets)
    {
        if (quantile < 0)
            return double.NegativeInfinity;
        if (quantile > 1)
            return double.PositiveInfinity;
        var total = buckets[^1].Count;
        if (!double.IsPositiveInfinity(buckets[^1].Edge) || buckets.Length < 2 || !(total > 0))
            return double.NaN;
        var rank = quantile * total;
        var index = Array.FindIndex(buckets, bucket => bucket.Count >= rank);
        if (index == buckets.Length - 1)
            return buckets[^2].Edge;
        if (index == 0 && buckets[0].Edge <= 0)
            return buckets[0].Edge;
        var (lower, below) = index == 0 ? (0d, 0d) : buckets[index - 1];
        return lower + (buckets[index].Edge - lower) * (rank - below) / (buckets[index].Count - below);
    }
}
