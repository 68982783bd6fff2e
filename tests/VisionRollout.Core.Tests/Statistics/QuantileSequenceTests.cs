using VisionRollout.Core.Statistics;

namespace VisionRollout.Core.Tests.Statistics;

public sealed class QuantileSequenceTests
{
    [Fact]
    public void The_ranks_are_the_extreme_solutions_of_the_published_inequality()
    {
        const double P = 0.9;
        const double Alpha = 0.05;
        const double Optimal = 1000;
        var variance = Optimal * P * (1 - P);
        var r = (variance / ((2 * Math.Log(1 / Alpha)) + Math.Log(1 + (2 * Math.Log(1 / Alpha))))) - (P * (1 - P));
        var sequence = new QuantileSequence(P, Alpha, Optimal);
        foreach (var count in new[] { 0, 1, 7, 100, 2500 })
        {
            var holding = Enumerable.Range(0, count + 1).Where(k =>
                Math.Exp((-k * Math.Log(P)) - ((count - k) * Math.Log(1 - P)) + SpecialFunctions.LogBeta((r / P) + count - k, (r / (1 - P)) + k) - SpecialFunctions.LogBeta(r / P, r / (1 - P))) < 1 / Alpha).ToList();
            Assert.Equal((holding[0], holding[^1]), sequence.Ranks(count));
        }
    }

    [Fact]
    public void The_true_quantile_stays_inside_at_all_times_in_at_least_95_of_100_runs()
    {
        var sequence = new QuantileSequence(0.9, 0.05, 1000);
        var missed = 0;
        for (var run = 0; run < 400; run++)
        {
            var random = new Random(run);
            var below = 0;
            var ever = false;
            for (var count = 1; count <= 2000; count++)
            {
                if (random.NextDouble() <= 0.9) below++;
                if (count % 10 != 0) continue;
                var (lower, upper) = sequence.Ranks(count);
                ever |= below < lower || below > upper;
            }

            if (ever) missed++;
        }

        Assert.InRange(missed, 0, 20);
    }

    [Fact]
    public void Exact_values_give_order_statistics_around_the_quantile()
    {
        var values = Enumerable.Range(1, 10_000).Select(value => (double)value).ToArray();
        var interval = new QuantileSequence(0.99, 0.05).On(values);
        Assert.Equal(9_900, interval.Estimate);
        Assert.InRange(interval.Low, 9_800, 9_899);
        Assert.InRange(interval.High!.Value, 9_901, 9_990);
    }

    [Fact]
    public void Buckets_give_edges_that_enclose_the_interval_of_the_exact_values()
    {
        var values = Enumerable.Range(1, 10_000).Select(value => value / 100.0).ToArray();
        var edges = Enumerable.Range(1, 19).Select(step => step * 5.0).ToArray();
        var counts = new double[edges.Length + 1];
        foreach (var value in values) counts[edges.Count(edge => edge < value)]++;
        var histogram = new LatencyHistogram { Edges = edges, Counts = counts };
        var sequence = new QuantileSequence(0.9, 0.05);
        var exact = sequence.On(values);
        var bucketed = sequence.On(histogram);
        Assert.True(bucketed.Low < exact.Low && exact.High <= bucketed.High);
        Assert.Equal((85.0, 95.0), (bucketed.Low, bucketed.High));
    }

    [Fact]
    public void Beyond_the_last_edge_there_is_no_upper_bound()
    {
        var histogram = new LatencyHistogram { Edges = [50, 100], Counts = [9_000, 0, 1_000] };
        var interval = new QuantileSequence(0.99, 0.05).On(histogram);
        Assert.Equal(100, interval.Low);
        Assert.Null(interval.High);
    }

    [Fact]
    public void No_data_bounds_nothing()
    {
        Assert.Equal(new QuantileInterval(null, 0, null), new QuantileSequence(0.99, 0.05).On(LatencyHistogram.Empty));
        Assert.Equal(new QuantileInterval(null, 0, null), new QuantileSequence(0.99, 0.05).On([]));
    }

    [Fact]
    public void Too_few_requests_to_optimise_for_are_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new QuantileSequence(0.99, 0.05, 5));
}
