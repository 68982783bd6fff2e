using VisionRollout.Core.Statistics;

namespace VisionRollout.Core.Traffic;

/// <summary>Whether an observed share of requests agrees with a weight, at any moment that one looks (anytime-valid).</summary>
/// <remarks>The beta-binomial mixture martingale of Robbins (Ann. Math. Statist. 41, 1970): under the weight w the ratio
/// B(k+1, n−k+1) / (B(1,1) · w^k (1−w)^(n−k)) exceeds 1/α with probability at most α over all n together (Ville's inequality).</remarks>
public static class ShareTest
{
    /// <summary>Data planes are not exact: requests with the canary header and retries count too. A share this close to the weight agrees.</summary>
    public const double Tolerance = 0.01;

    /// <summary>Whether some share within <paramref name="tolerance"/> of the weight is compatible with the counts.</summary>
    /// <param name="hits">Requests at the colour, 0 to <paramref name="total"/>.</param>
    /// <param name="total">All requests.</param>
    /// <param name="weight">Configured weight, 0 to 1.</param>
    /// <param name="alpha">Error probability, 0 to 1 exclusive.</param>
    /// <param name="tolerance">Accepted distance, 0 to 1.</param>
    public static bool Agrees(double hits, double total, double weight, double alpha = 0.001, double tolerance = Tolerance)
    {
        if (total <= 0) return false;
        var observed = hits / total;
        var nearest = Math.Clamp(observed, Math.Max(0, weight - tolerance), Math.Min(1, weight + tolerance));
        if (nearest == observed) return true;
        var mixture = SpecialFunctions.LogBeta(hits + 1, total - hits + 1);
        return mixture - Log(hits, nearest) - Log(total - hits, 1 - nearest) < Math.Log(1 / alpha);
    }

    private static double Log(double count, double probability) => count == 0 ? 0 : count * Math.Log(probability);
}
