namespace VisionRollout.Core.Statistics;

/// <summary>Confidence sequence for a quantile: valid after every request, for any distribution. The beta-binomial mixture of Howard and
/// Ramdas, "Sequential estimation of quantiles with applications to A/B testing and best-arm identification", Bernoulli 28(3) 2022
/// (arXiv 1906.09712).</summary>
public sealed class QuantileSequence
{
    private readonly double quantile;
    private readonly double logBound;
    private readonly double above;
    private readonly double below;

    /// <summary>Prepares the sequence.</summary>
    /// <param name="quantile">p, 0 to 1 exclusive, e.g. 0.99.</param>
    /// <param name="alpha">Error probability, 0 to 1 exclusive.</param>
    /// <param name="optimisedFor">Number of requests at which the interval is about as narrow as it can be; it is valid at all others too.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public QuantileSequence(double quantile, double alpha, double optimisedFor = 10_000)
    {
        if (!(quantile > 0 && quantile < 1)) throw new ArgumentOutOfRangeException(nameof(quantile), quantile, "A quantile lies between 0 and 1.");
        if (!(alpha > 0 && alpha < 1)) throw new ArgumentOutOfRangeException(nameof(alpha), alpha, "Alpha is a probability between 0 and 1.");
        this.quantile = quantile;
        logBound = -Math.Log(alpha);
        var variance = quantile * (1 - quantile);
        var spread = (optimisedFor * variance / ((2 * logBound) + Math.Log(1 + (2 * logBound)))) - variance;
        if (!(spread > 0)) throw new ArgumentOutOfRangeException(nameof(optimisedFor), optimisedFor, "So few requests can't say anything about this quantile.");
        above = spread / quantile;
        below = spread / (1 - quantile);
    }

    /// <summary>Smallest and largest number of requests at or below the quantile that are still compatible with it.</summary>
    /// <param name="count">t, number of requests, at least 0.</param>
    public (double Lower, double Upper) Ranks(double count)
    {
        var centre = Math.Floor(count * quantile);
        return (Extreme(centre, 0, count), Extreme(centre, Math.Floor(count), count));
    }

    /// <summary>Interval on buckets: the ends are edges. The quantile is above Low and at most High.</summary>
    /// <param name="histogram">All requests so far.</param>
    public QuantileInterval On(LatencyHistogram histogram)
    {
        ArgumentNullException.ThrowIfNull(histogram);
        var total = histogram.Total;
        if (total <= 0) return new QuantileInterval(null, 0, null);
        var (lower, upper) = Ranks(total);
        var lowBucket = lower < 1 ? 0 : histogram.BucketOf(lower);
        var highBucket = upper + 1 > total ? histogram.Edges.Count : histogram.BucketOf(upper + 1);
        return new QuantileInterval(
            histogram.Estimate(quantile),
            lowBucket == 0 || histogram.Edges.Count == 0 ? 0 : histogram.Edges[Math.Min(lowBucket, histogram.Edges.Count) - 1],
            highBucket < histogram.Edges.Count ? histogram.Edges[highBucket] : null);
    }

    /// <summary>Interval on exact values: the ends are order statistics.</summary>
    /// <param name="sorted">All values so far, at least 0, ascending.</param>
    public QuantileInterval On(ReadOnlySpan<double> sorted)
    {
        if (sorted.IsEmpty) return new QuantileInterval(null, 0, null);
        var (lower, upper) = Ranks(sorted.Length);
        var middle = Math.Clamp((int)Math.Ceiling(sorted.Length * quantile), 1, sorted.Length);
        return new QuantileInterval(sorted[middle - 1], lower < 1 ? 0 : sorted[(int)lower - 1], upper + 1 > sorted.Length ? null : sorted[(int)upper]);
    }

    // p^−k (1−p)^−(t−k) · B(r/p + t−k, r/(1−p) + k) / B(r/p, r/(1−p)) < 1/α
    private bool IsCompatible(double rank, double count) =>
        SpecialFunctions.LogBeta(above + count - rank, below + rank) - SpecialFunctions.LogBeta(above, below)
        - (rank * Math.Log(quantile)) - ((count - rank) * Math.Log(1 - quantile)) < logBound;

    private double Extreme(double inside, double end, double count)
    {
        if (IsCompatible(end, count)) return end;
        var outside = end;
        while (Math.Abs(inside - outside) > 1)
        {
            var middle = Math.Floor((inside + outside) / 2);
            if (IsCompatible(middle, count)) inside = middle;
            else outside = middle;
        }

        return inside;
    }
}
