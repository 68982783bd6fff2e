using VisionRollout.Core.Statistics;

namespace VisionRollout.Core.Tests.Statistics;

public sealed class BinomialIntervalTests
{
    // Closed forms: no hit in n trials gives 1 − α^(1/n); one-sided 95 % bounds for 1 of 10 and 5 of 10 as in the tables of Clopper and Pearson.
    [Theory]
    [InlineData(10, 0, 0, 0.258866)]
    [InlineData(59, 0, 0, 0.049508)]
    [InlineData(10, 10, 0.741134, 1)]
    [InlineData(10, 1, 0.005116, 0.394163)]
    [InlineData(10, 5, 0.222441, 0.777559)]
    public void Bounds_are_the_exact_ones(double trials, double hits, double low, double high)
    {
        var interval = BinomialInterval.Of(trials, hits, 0.05);
        Assert.Equal((low, high), (Math.Round(interval.Low, 6), Math.Round(interval.High, 6)));
    }

    [Fact]
    public void Without_trials_nothing_is_known() => Assert.Equal(new BinomialInterval(null, 0, 1), BinomialInterval.Of(0, 0, 0.05));

    [Theory]
    [InlineData(350_000_000, 105_000)]
    [InlineData(1_000_000, 0)]
    [InlineData(1_000_000, 999_999)]
    public void Hundreds_of_millions_of_requests_give_bounds_close_to_the_share(double trials, double hits)
    {
        var interval = BinomialInterval.Of(trials, hits, 0.05);
        var spread = 4 * Math.Sqrt(Math.Max(hits, 1)) / trials;
        Assert.InRange(interval.Low, Math.Max(0, (hits / trials) - spread), hits / trials);
        Assert.InRange(interval.High, hits / trials, (hits / trials) + spread);
    }

    // Whatever the true share, each bound is wrong in at most α of all samples: summed exactly over every outcome.
    [Theory]
    [InlineData(20, 0.03)]
    [InlineData(20, 0.5)]
    [InlineData(60, 0.05)]
    [InlineData(60, 0.95)]
    public void Each_bound_is_wrong_at_most_as_often_as_promised(int trials, double share)
    {
        double belowLow = 0, aboveHigh = 0, probability = Math.Pow(1 - share, trials);
        for (var hits = 0; hits <= trials; hits++)
        {
            var interval = BinomialInterval.Of(trials, hits, 0.05);
            if (share < interval.Low) belowLow += probability;
            if (share > interval.High) aboveHigh += probability;
            probability *= (double)(trials - hits) / (hits + 1) * share / (1 - share);
        }

        Assert.InRange(belowLow, 0, 0.05);
        Assert.InRange(aboveHigh, 0, 0.05);
    }

    [Theory]
    [InlineData(0, 59)]
    [InlineData(1, 93)]
    [InlineData(3, 153)]
    public void It_says_how_many_trials_show_a_share_below_five_per_cent(double hits, long trials)
    {
        Assert.Equal(trials, BinomialInterval.TrialsToStayBelow(hits, 0.05, 0.05));
        Assert.True(BinomialInterval.Of(trials, hits, 0.05).High < 0.05 && BinomialInterval.Of(trials - 1, hits, 0.05).High >= 0.05);
    }

    [Theory]
    [InlineData(-1, 0, 0.05)]
    [InlineData(10, 11, 0.05)]
    [InlineData(10, 1, 0)]
    [InlineData(10, double.NaN, 0.05)]
    public void Values_outside_their_ranges_are_refused(double trials, double hits, double alpha) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => BinomialInterval.Of(trials, hits, alpha));
}
