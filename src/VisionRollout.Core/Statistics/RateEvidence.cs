namespace VisionRollout.Core.Statistics;

/// <summary>The three e-processes on one stretch of traffic with one share, in log space. An e-process is evidence against its
/// hypothesis that may be looked at after every reading: under the hypothesis it ever reaches 1/α with probability at most α
/// (Ville's inequality).</summary>
public static class RateEvidence
{
    private static readonly double[] NoGoMeans = [1.5, 2, 4, 10, 30];
    private static readonly double[] RegressionRatios = [1.5, 2, 3, 5, 10];

    /// <summary>Numerator of the Go process: both arms share one rate.</summary>
    /// <param name="counts">Counts of both arms.</param>
    /// <param name="prior">The baseline's prior, frozen before the stage.</param>
    public static double LogGoNumerator(RateCounts counts, GammaPrior prior) => prior.LogMarginal(counts.Errors, counts.Requests);

    /// <summary>Numerator of the NoGo process: the baseline's prior, and for the canary an average over priors with means
    /// λ₀ + kδ, k ∈ {1.5, 2, 4, 10, 30}.</summary>
    /// <param name="counts">Counts of both arms.</param>
    /// <param name="prior">The baseline's prior, frozen before the stage.</param>
    /// <param name="delta">The tolerance, a share greater than 0.</param>
    public static double LogNoGoNumerator(RateCounts counts, GammaPrior prior, double delta)
    {
        // The priors of the canary differ in their rate alone, so that their gamma functions are the same.
        var shape = prior.Shape + counts.CanaryErrors;
        Span<double> terms = stackalloc double[NoGoMeans.Length];
        for (var index = 0; index < terms.Length; index++)
        {
            var rate = CanaryPrior(prior, delta, NoGoMeans[index]).Rate;
            terms[index] = (prior.Shape * Math.Log(rate)) - (shape * Math.Log(rate + counts.CanaryRequests));
        }

        var canary = SpecialFunctions.LogSumExp(terms) - Math.Log(terms.Length) + SpecialFunctions.LogGamma(shape) - SpecialFunctions.LogGamma(prior.Shape);
        return prior.LogMarginal(counts.BaselineErrors, counts.BaselineRequests) + canary;
    }

    /// <summary>Log evidence against "the canary is worse by at least delta": universal inference with Poisson arms
    /// (Wasserman, Ramdas, Balakrishnan, PNAS 2020, arXiv 1912.11436).</summary>
    /// <param name="counts">Counts of both arms.</param>
    /// <param name="prior">The baseline's prior, frozen before the stage.</param>
    /// <param name="delta">The tolerance, a share greater than 0.</param>
    public static double LogGo(RateCounts counts, GammaPrior prior, double delta) =>
        LogGoNumerator(counts, prior) - PoissonArms.LogSupremumAtLeast(counts, delta);

    /// <summary>Log evidence against "the canary is worse by at most delta": universal inference with Poisson arms
    /// (Wasserman, Ramdas, Balakrishnan, PNAS 2020, arXiv 1912.11436).</summary>
    /// <param name="counts">Counts of both arms.</param>
    /// <param name="prior">The baseline's prior, frozen before the stage.</param>
    /// <param name="delta">The tolerance, a share greater than 0.</param>
    public static double LogNoGo(RateCounts counts, GammaPrior prior, double delta) =>
        LogNoGoNumerator(counts, prior, delta) - PoissonArms.LogSupremumAtMost(counts, delta);

    /// <summary>Log evidence against "the canary is not worse": how the errors split over the arms given the share ρ of requests,
    /// ln mean over R of R^Sc / (ρR + 1 − ρ)^(Sc + Sb), R ∈ {1.5, 2, 3, 5, 10}. It survives a common error rate that varies in
    /// time. One-sided form of the multinomial process of Lindon and Malek (arXiv 2011.03567).</summary>
    /// <param name="counts">Counts of both arms.</param>
    public static double LogRegression(RateCounts counts)
    {
        if (counts.CanaryRequests <= 0 || counts.BaselineRequests <= 0) return 0;
        Span<double> terms = stackalloc double[RegressionRatios.Length];
        for (var index = 0; index < terms.Length; index++)
        {
            var ratio = RegressionRatios[index];
            terms[index] = (counts.CanaryErrors * Math.Log(ratio)) - (counts.Errors * Math.Log((counts.Share * ratio) + 1 - counts.Share));
        }

        return SpecialFunctions.LogSumExp(terms) - Math.Log(terms.Length);
    }

    private static GammaPrior CanaryPrior(GammaPrior prior, double delta, double multiple) => prior.WithMean(prior.Mean + (multiple * delta));
}
