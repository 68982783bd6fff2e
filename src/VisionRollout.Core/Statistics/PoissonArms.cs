namespace VisionRollout.Core.Statistics;

/// <summary>Likelihood of two Poisson arms, canary and baseline, and its supremum under a bound on the difference of their rates.
/// All values are logarithms without the factors n^S / S! that cancel in every ratio.</summary>
public static class PoissonArms
{
    /// <summary>ln Π λᵢ^Sᵢ e^(−nᵢλᵢ).</summary>
    /// <param name="counts">Counts of both arms.</param>
    /// <param name="canaryRate">λc, errors per request, at least 0.</param>
    /// <param name="baselineRate">λb, errors per request, at least 0.</param>
    public static double LogLikelihood(RateCounts counts, double canaryRate, double baselineRate) =>
        SpecialFunctions.XLogY(counts.CanaryErrors, canaryRate) - (counts.CanaryRequests * canaryRate)
        + SpecialFunctions.XLogY(counts.BaselineErrors, baselineRate) - (counts.BaselineRequests * baselineRate);

    /// <summary>Supremum where λc − λb ≥ delta.</summary>
    /// <param name="counts">Counts of both arms.</param>
    /// <param name="delta">Difference of the rates, −1 to 1.</param>
    public static double LogSupremumAtLeast(RateCounts counts, double delta) =>
        counts.CanaryRate - counts.BaselineRate >= delta ? LogSupremum(counts) : LogSupremumAt(counts, delta);

    /// <summary>Supremum where λc − λb ≤ delta.</summary>
    /// <param name="counts">Counts of both arms.</param>
    /// <param name="delta">Difference of the rates, −1 to 1.</param>
    public static double LogSupremumAtMost(RateCounts counts, double delta) =>
        counts.CanaryRate - counts.BaselineRate <= delta ? LogSupremum(counts) : LogSupremumAt(counts, delta);

    /// <summary>Supremum on the border λc − λb = delta: λ̂b = [(S − Nδ) + √((S − Nδ)² + 4 N Sb δ)] / 2N, the positive root of the
    /// derivative's quadratic; for a negative delta with the arms exchanged.</summary>
    /// <param name="counts">Counts of both arms.</param>
    /// <param name="delta">Difference of the rates, −1 to 1.</param>
    public static double LogSupremumAt(RateCounts counts, double delta)
    {
        var lower = LowerRateOnBorder(counts, delta);
        return delta >= 0 ? LogLikelihood(counts, lower + delta, lower) : LogLikelihood(counts, lower, lower - delta);
    }

    private static double LogSupremum(RateCounts counts) => LogLikelihood(counts, counts.CanaryRate, counts.BaselineRate);

    private static double LowerRateOnBorder(RateCounts counts, double delta)
    {
        if (counts.Requests <= 0) return 0;
        var gap = Math.Abs(delta);
        var errorsOfLower = delta >= 0 ? counts.BaselineErrors : counts.CanaryErrors;
        var half = counts.Errors - (counts.Requests * gap);
        var root = Math.Sqrt((half * half) + (4 * counts.Requests * errorsOfLower * gap));

        // The two forms are equal; each avoids cancellation on its side.
        return half >= 0
            ? (half + root) / (2 * counts.Requests)
            : 2 * errorsOfLower * gap / (root - half);
    }
}
