using VisionRollout.Core.Statistics;

namespace VisionRollout.Core.Tests.Statistics;

public sealed class RateEvidenceTests
{
    private static readonly GammaPrior Prior = new(5, 10_000);

    [Fact]
    public void The_border_estimate_is_the_best_one_on_the_border()
    {
        foreach (var counts in new RateCounts[] { new(1000, 3, 19000, 9), new(1000, 0, 19000, 0), new(500, 40, 100, 1), new(10, 0, 1000, 7) })
        {
            foreach (var delta in new[] { 0.001, 0.01, -0.001, -0.02, 0 })
            {
                var best = double.NegativeInfinity;
                for (var step = 0; step <= 200_000; step++)
                {
                    var lower = step * 1e-6;
                    best = Math.Max(best, delta >= 0 ? PoissonArms.LogLikelihood(counts, lower + delta, lower) : PoissonArms.LogLikelihood(counts, lower, lower - delta));
                }

                Assert.InRange(PoissonArms.LogSupremumAt(counts, delta), best - 1e-9, best + 0.01);
            }
        }
    }

    [Fact]
    public void The_supremum_inside_the_hypothesis_is_the_likelihood_of_the_observed_rates()
    {
        var counts = new RateCounts(1000, 10, 19000, 19);
        var observed = PoissonArms.LogLikelihood(counts, 0.01, 0.001);
        Assert.Equal(observed, PoissonArms.LogSupremumAtLeast(counts, 0.001), 1e-12);
        Assert.True(PoissonArms.LogSupremumAtMost(counts, 0.001) < observed);
    }

    [Fact]
    public void Evidence_equals_the_published_formulas_worked_by_numerical_integration()
    {
        var counts = new RateCounts(2000, 2, 38000, 20);

        // ∫ λ^S e^(−Nλ) dGamma(λ) by the midpoint rule.
        var integral = 0.0;
        const double Width = 1e-7;
        for (var rate = Width / 2; rate < 0.004; rate += Width)
        {
            var density = (5 * Math.Log(10_000)) - SpecialFunctions.LogGamma(5) + (4 * Math.Log(rate)) - (10_000 * rate);
            integral += Width * Math.Exp(density + (22 * Math.Log(rate)) - (40_000 * rate) + 150);
        }

        Assert.Equal(Math.Log(integral) - 150, Prior.LogMarginal(22, 40_000), 1e-6);
        Assert.Equal(Prior.LogMarginal(22, 40_000) - PoissonArms.LogSupremumAt(counts, 0.001), RateEvidence.LogGo(counts, Prior, 0.001), 1e-12);
    }

    [Fact]
    public void Regression_weighs_how_the_errors_split()
    {
        var counts = new RateCounts(50, 4, 950, 6);
        var expected = new[] { 1.5, 2, 3, 5, 10 }.Average(ratio => Math.Pow(ratio, 4) / Math.Pow((0.05 * ratio) + 0.95, 10));
        Assert.Equal(Math.Log(expected), RateEvidence.LogRegression(counts), 1e-12);
    }

    [Fact]
    public void Without_requests_there_is_no_evidence_at_all()
    {
        Assert.Equal(0, RateEvidence.LogGo(default, Prior, 0.001), 1e-9);
        Assert.Equal(0, RateEvidence.LogNoGo(default, Prior, 0.001), 1e-9);
        Assert.Equal(0, RateEvidence.LogRegression(default), 1e-9);
    }

    [Fact]
    public void A_prior_from_history_is_the_one_of_the_reference_figures_and_never_certain()
    {
        var prior = GammaPrior.FromHistory(10_000_000, 5_000, 0.001);
        Assert.Equal(5, prior.Shape);
        Assert.InRange(prior.Rate, 9_990, 10_010);
        Assert.InRange(GammaPrior.FromHistory(0, 0, 0.001).Mean, 0.0004999, 0.0005001);
        Assert.True(GammaPrior.FromHistory(1e9, 0, 0.001).Mean > 0);
    }
}
