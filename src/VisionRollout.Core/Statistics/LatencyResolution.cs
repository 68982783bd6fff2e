using System.Globalization;

namespace VisionRollout.Core.Statistics;

/// <summary>Tells whether the edges of the histograms are fine enough for a tolerance: no amount of traffic makes up for coarse ones.</summary>
public static class LatencyResolution
{
    /// <summary>Why a rise below the tolerance can't be shown on these edges, with both ways out; null when it can.</summary>
    /// <param name="baseline">The baseline's response times, any number above 0.</param>
    /// <param name="canaryEdges">The canary's finite edges in milliseconds, ascending.</param>
    /// <param name="quantile">0 to 1 exclusive.</param>
    /// <param name="delta">Tolerance in milliseconds.</param>
    public static string? Problem(LatencyHistogram baseline, IReadOnlyList<double> canaryEdges, double quantile, double delta)
    {
        ArgumentNullException.ThrowIfNull(baseline);
        ArgumentNullException.ThrowIfNull(canaryEdges);
        if (baseline.Estimate(quantile) is not { } value) return null;
        var lower = baseline.Edges.LastOrDefault(edge => edge < value);
        var upper = canaryEdges.FirstOrDefault(edge => edge >= value, double.PositiveInfinity);
        if (baseline.BucketOf(quantile * baseline.Total) >= baseline.Edges.Count) upper = double.PositiveInfinity;
        if (upper - lower <= delta) return null;
        var bucket = double.IsFinite(upper) ? $"between the edges {Text(lower)} and {Text(upper)} ms" : $"beyond the last edge, {Text(baseline.Edges[^1])} ms";
        return $"The histogram is too coarse: the P{Text(quantile * 100)} lies {bucket}, so a rise of less than {Text(delta)} ms can't be told. "
            + "Use finer edges (annotation sidecar.istio.io/statsHistogramBuckets), or judge the share of requests slower than an edge as a rate.";
    }

    private static string Text(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);
}
