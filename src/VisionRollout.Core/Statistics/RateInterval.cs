namespace VisionRollout.Core.Statistics;

/// <summary>An error rate with the interval that holds it at all times with probability 1 − α.</summary>
/// <param name="Rate">Errors per request, 0 to 1; null without requests.</param>
/// <param name="Low">Lower end, 0 to 1.</param>
/// <param name="High">Upper end, 0 to 1.</param>
public readonly record struct RateInterval(double? Rate, double Low, double High)
{
    private const int Steps = 60;

    /// <summary>Confidence sequence of one Poisson rate: the rates whose likelihood is more than α times the marginal likelihood
    /// under the prior (Robbins' method of mixtures; Ramdas, Grünwald, Vovk, Shafer, Statistical Science 38(4) 2023,
    /// arXiv 2210.01948, section 4).</summary>
    /// <param name="requests">n, at least 0.</param>
    /// <param name="errors">S, 0 to n.</param>
    /// <param name="prior">Prior frozen before the first of these requests.</param>
    /// <param name="alpha">Error probability, 0 to 1 exclusive.</param>
    public static RateInterval Of(double requests, double errors, GammaPrior prior, double alpha)
    {
        if (requests <= 0) return new RateInterval(null, 0, 1);
        var rate = errors / requests;
        var least = prior.LogMarginal(errors, requests) + Math.Log(alpha);
        double Excess(double candidate) => SpecialFunctions.XLogY(errors, candidate) - (requests * candidate) - least;
        return new RateInterval(rate, End(0), End(1));

        double End(double farthest)
        {
            if (Excess(farthest) >= 0) return farthest;
            var (inside, outside) = RootBetween.Bracket(rate, farthest, Excess, Math.Sqrt(errors + 1) / requests);
            return RootBetween.Find(inside, outside, Excess);
        }
    }

    // Bisection between a point inside and one outside.
    // Where the precision is given, it stops once both ends are so close, relative to their size.
    internal static double Border(double inside, double outside, Func<double, bool> holds, double precision = 0)
    {
        for (var step = 0; step < Steps && Math.Abs(inside - outside) > precision * Math.Abs(outside); step++)
        {
            var middle = (inside + outside) / 2;
            if (holds(middle)) inside = middle;
            else outside = middle;
        }

        return outside;
    }
}
