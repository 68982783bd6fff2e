using VisionRollout.Core.Canary;
using VisionRollout.Core.Metrics;
using VisionRollout.Core.Plan;
using VisionRollout.Core.Statistics;

namespace VisionRollout.Core.Tests.Canary;

public sealed class CanaryFeasibilityTests
{
    private static readonly double[] Fine = [.. Enumerable.Range(1, 60).Select(edge => edge * 2.5)];
    private static readonly double[] Istio = [5, 10, 25, 50, 100, 250, 500, 1000];

    // JUDGE: at 5 %, 0.05 % errors, 0.1 points, a canary that is as good as the baseline is shown to be so after 14,200 requests in four of five runs.
    [Fact]
    public void It_takes_the_requests_that_the_simulation_found()
    {
        var stage = Stages(rate: 1000, errorRate: 0.0005, Fine, new PlanStage(0.05, TimeSpan.FromMinutes(30)))[0];
        Assert.InRange((double)stage.RequestsNeeded!, 14_250 * 0.85, 14_250 * 1.15);
        Assert.True(stage.Decidable, stage.Reason);
        Assert.Equal(90_000, stage.CanaryRequests, 1.0);
    }

    [Theory]
    [InlineData(1000, true)] // 2 to 5 minutes
    [InlineData(100, false)] // 23 to 47 minutes: not in half an hour
    [InlineData(10, false)] // hours
    public void A_dwell_of_half_an_hour_at_five_per_cent_takes_enough_traffic(double rate, bool decidable)
    {
        var stage = Stages(rate, 0.0005, Fine, new PlanStage(0.05, TimeSpan.FromMinutes(30)))[0];
        Assert.Equal(decidable, stage.Decidable);
        if (decidable) return;
        Assert.Contains("a dwell of", stage.Reason, StringComparison.Ordinal);
        // What it says would make it decidable does.
        Assert.True(Stages(rate, 0.0005, Fine, new PlanStage(0.05, stage.DwellNeeded!.Value + TimeSpan.FromHours(rate < 50 ? 12 : 1)))[0].Decidable);
    }

    [Fact]
    public void Istios_edges_can_never_decide_ten_milliseconds_and_it_says_so_before_the_start()
    {
        var stage = Stages(10_000, 0.0005, Istio, new PlanStage(0.5, TimeSpan.FromMinutes(30)))[0];
        Assert.False(stage.Decidable);
        Assert.Contains("edge", stage.Reason, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Evidence_of_earlier_stages_counts_and_no_traffic_decides_nothing()
    {
        PlanStage[] stages = [new(0.05, TimeSpan.FromMinutes(30)), new(0.10, TimeSpan.FromMinutes(20))];
        var together = Stages(300, 0.0005, Fine, stages)[1];
        var alone = Stages(300, 0.0005, Fine, stages[1])[0];
        Assert.True(together.RequestsNeeded < alone.RequestsNeeded);
        Assert.All(Stages(0, 0, Fine, stages), stage => Assert.False(stage.Decidable));
    }

    // Five minutes of a live version whose response times spread evenly up to 60 ms.
    private static IReadOnlyList<StageFeasibility> Stages(double rate, double errorRate, double[] edges, params PlanStage[] stages)
    {
        var requests = rate * 300;
        var latency = LatencyHistogram.FromCumulative([.. edges.Append(double.PositiveInfinity).Select(edge => new HistogramBucket(edge, Math.Round(requests * Math.Min(1, edge / 60))))]);
        return new CanaryFeasibility(new PlanCanary { Stages = stages }, new ColourCounts { Requests = requests, Errors = requests * errorRate, Latency = latency }, TimeSpan.FromMinutes(5)).Stages();
    }
}
