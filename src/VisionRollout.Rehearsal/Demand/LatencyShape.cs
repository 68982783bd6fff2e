using VisionRollout.Rehearsal.Metrics;
using VisionRollout.Rehearsal.Scenario;

namespace VisionRollout.Rehearsal.Demand;

/// <summary>How latencies fall into the histogram's buckets: log-normal by median and P99, moved by a constant delay.</summary>
internal sealed class LatencyShape
{
    /// <summary>The standard normal's 99% quantile.</summary>
    private const double Z99 = 2.3263478740408408;

    private LatencyShape(double[] shares, double[] means)
    {
        Shares = shares;
        Means = means;
    }

    /// <summary>The probability of each bucket; sums to 1.</summary>
    public IReadOnlyList<double> Shares { get; }

    /// <summary>The mean latency (ms) inside each bucket.</summary>
    public IReadOnlyList<double> Means { get; }

    /// <summary>The shape for a version's profile and a delay in milliseconds.</summary>
    public static LatencyShape Of(VersionProfile profile, double delayMs)
    {
        var mu = Math.Log(profile.LatencyMedianMs);
        var sigma = Math.Max(1e-6, (Math.Log(profile.LatencyP99Ms) - mu) / Z99);
        var shares = new double[HistogramEdges.Count];
        var means = new double[HistogramEdges.Count];
        var (belowShare, belowMass) = (0d, 0d);
        var total = Math.Exp(mu + sigma * sigma / 2);
        for (var index = 0; index < shares.Length; index++)
        {
            var (share, mass) = index < HistogramEdges.Finite.Count
                ? Below(HistogramEdges.Finite[index] - delayMs, mu, sigma, total)
                : (1, total);
            shares[index] = share - belowShare;
            means[index] = shares[index] > 1e-12 ? delayMs + (mass - belowMass) / shares[index] : 0;
            (belowShare, belowMass) = (share, mass);
        }

        return new LatencyShape(shares, means);
    }

    /// <summary>P(X ≤ x) and E[X; X ≤ x] of the log-normal.</summary>
    private static (double Share, double Mass) Below(double x, double mu, double sigma, double mean)
    {
        if (x <= 0)
            return (0, 0);
        var z = (Math.Log(x) - mu) / sigma;
        return (NormalBelow(z), mean * NormalBelow(z - sigma));
    }

    /// <summary>The standard normal's distribution function, from erfc with fractional error below 1.2e-7 (Numerical Recipes, 2nd edition, section 6.2).</summary>
    private static double NormalBelow(double z)
    {
        var x = Math.Abs(z) / Math.Sqrt(2);
        var t = 1 / (1 + 0.5 * x);
        var tail = t * Math.Exp(-x * x - 1.26551223 + t * (1.00002368 + t * (0.37409196 + t * (0.09678418 + t * (-0.18628806
            + t * (0.27886807 + t * (-1.13520398 + t * (1.48851587 + t * (-0.82215223 + t * 0.17087277)))))))));
        return z < 0 ? tail / 2 : 1 - tail / 2;
    }
}
