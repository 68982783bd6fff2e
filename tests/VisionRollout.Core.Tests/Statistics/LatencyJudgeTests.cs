using System.Text.Json;
using VisionRollout.Core.Evidence;
using VisionRollout.Core.Metrics;
using VisionRollout.Core.Statistics;

namespace VisionRollout.Core.Tests.Statistics;

public sealed class LatencyJudgeTests
{
    private static readonly double[] Fine = [.. Enumerable.Range(1, 40).Select(step => step * 5.0), 500, 1000];
    private static readonly double[] Istio = [0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000];

    [Fact]
    public void Equal_response_times_get_Go_on_fine_edges()
    {
        var assessment = Judged(Fine, 20_000, median: 18, canaryShift: 0);
        Assert.Equal(Verdict.Go, assessment.Verdict);
        Assert.InRange(assessment.DeltaHigh!.Value, 0, 10);
        Assert.Equal(0, assessment.RequestsMissing);
    }

    [Fact]
    public void Eighty_milliseconds_more_get_NoGo_soon()
    {
        var assessment = Judged(Fine, 1_500, median: 18, canaryShift: 80);
        Assert.Equal(Verdict.NoGo, assessment.Verdict);
        Assert.True(assessment.DeltaLow >= 10);
    }

    [Fact]
    public void Few_requests_are_undecided_and_say_how_many_are_missing()
    {
        var assessment = Judged(Fine, 1_000, median: 18, canaryShift: 0);
        Assert.Equal(Verdict.Undecided, assessment.Verdict);
        Assert.InRange(assessment.RequestsMissing!.Value, 1_000, 40_000);
        Assert.Contains("more canary requests decide", assessment.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Coarse_edges_are_never_decided_and_both_ways_out_are_named()
    {
        var assessment = Judged(Istio, 200_000, median: 18, canaryShift: 0);
        Assert.Equal(Verdict.Undecided, assessment.Verdict);
        Assert.Null(assessment.RequestsMissing);
        Assert.Contains("between the edges 50 and 100 ms", assessment.Reason, StringComparison.Ordinal);
        Assert.Contains("statsHistogramBuckets", assessment.Reason, StringComparison.Ordinal);
        Assert.Contains("share of requests slower", assessment.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Coarse_edges_still_show_a_bad_canary() =>
        Assert.Equal(Verdict.NoGo, Judged(Istio, 20_000, median: 18, canaryShift: 200).Verdict);

    [Fact]
    public void No_response_times_are_undecided_with_the_named_reason()
    {
        var judge = new LatencyJudge(new LatencyJudgeSettings());
        Assert.Equal("There are no response times of the canary in this stage.", judge.Assess().Reason);
        judge.Add("5", Draw(Fine, 1000, 18, 0, new Random(1)), LatencyHistogram.Empty);
        Assert.Equal((Verdict.Undecided, "There are no response times of the baseline in this stage."), (judge.Assess().Verdict, judge.Assess().Reason));
    }

    [Fact]
    public void A_new_stage_must_prove_itself_again()
    {
        var judge = new LatencyJudge(new LatencyJudgeSettings());
        judge.Add("5", Draw(Fine, 20_000, 18, 0, new Random(1)), Draw(Fine, 380_000, 18, 0, new Random(2)));
        Assert.Equal(Verdict.Go, judge.Assess().Verdict);
        judge.Add("10", Draw(Fine, 500, 18, 0, new Random(3)), Draw(Fine, 4_500, 18, 0, new Random(4)));
        Assert.Equal(Verdict.Undecided, judge.Assess().Verdict);
    }

    [Fact]
    public void A_rise_of_exactly_the_tolerance_is_decided_falsely_in_at_most_five_per_cent()
    {
        var wrong = 0;
        for (var run = 0; run < 60; run++)
        {
            var random = new Random(run);
            var judge = new LatencyJudge(new LatencyJudgeSettings());
            var decided = false;
            for (var poll = 0; poll < 20 && !decided; poll++)
            {
                judge.Add("5", Draw(Fine, 500, 18, 10, random), Draw(Fine, 2_000, 18, 0, random));
                decided = judge.Assess().Verdict != Verdict.Undecided;
            }

            if (decided) wrong++;
        }

        Assert.InRange(wrong, 0, 3);
    }

    [Fact]
    public void A_judge_restarted_from_its_stored_state_goes_on_as_if_nothing_had_happened()
    {
        var straight = new LatencyJudge(new LatencyJudgeSettings());
        var restarted = new LatencyJudge(straight.State);
        var random = new Random(8);
        for (var poll = 0; poll < 10; poll++)
        {
            var (canary, baseline) = (Draw(Fine, 1_000, 18, 0, random), Draw(Fine, 10_000, 18, 0, random));
            straight.Add("5", canary, baseline);
            restarted.Add("5", canary, baseline);
            restarted = new LatencyJudge(JsonSerializer.Deserialize<LatencyJudgeState>(JsonSerializer.Serialize(restarted.State))!);
            Assert.Equal(straight.Assess(), restarted.Assess());
        }
    }

    [Fact]
    public void Histograms_with_different_edges_add_on_the_edges_that_both_have()
    {
        var fine = LatencyHistogram.FromCumulative([new(10, 1), new(20, 3), new(50, 6), new(double.PositiveInfinity, 10)]);
        var coarse = LatencyHistogram.FromCumulative([new(20, 5), new(50, 5), new(100, 7), new(double.PositiveInfinity, 8)]);
        var sum = fine.Add(coarse);
        Assert.Equal([20.0, 50.0], sum.Edges);
        Assert.Equal([8.0, 3.0, 7.0], sum.Counts);
    }

    private static LatencyAssessment Judged(double[] edges, int requests, double median, double canaryShift)
    {
        var random = new Random(7);
        var judge = new LatencyJudge(new LatencyJudgeSettings());
        judge.Add("5", Draw(edges, requests, median, canaryShift, random), Draw(edges, Math.Min(requests * 19, 400_000), median, 0, random));
        return judge.Assess();
    }

    // Log-normal with the 99th percentile at 3.44 times the median.
    private static LatencyHistogram Draw(double[] edges, int requests, double median, double shift, Random random)
    {
        var counts = new double[edges.Length + 1];
        for (var request = 0; request < requests; request++)
        {
            var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            var index = Array.BinarySearch(edges, shift + (median * Math.Exp(0.531 * normal)));
            counts[index < 0 ? ~index : index]++;
        }

        return new LatencyHistogram { Edges = edges, Counts = counts };
    }
}
