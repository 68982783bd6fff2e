using System.Text.Json;
using VisionRollout.Core.Evidence;
using VisionRollout.Core.Statistics;

namespace VisionRollout.Core.Tests.Statistics;

public sealed class RateJudgeTests
{
    [Fact]
    public void An_equal_canary_gets_Go_when_the_tolerance_is_excluded()
    {
        var assessment = Fed(new(20_000, 10, 380_000, 190)).Assess();
        Assert.Equal(Verdict.Go, assessment.Verdict);
        Assert.False(assessment.Regression);
        Assert.Equal(0, assessment.RequestsMissing);
        Assert.True(assessment.GoEvidence >= 20);
        Assert.InRange(assessment.DeltaHigh, 0, 0.001);
        Assert.InRange(assessment.DeltaLow, -0.001, 0);
    }

    [Fact]
    public void A_canary_with_one_per_cent_errors_gets_NoGo_and_Regression()
    {
        var assessment = Fed(new(2_000, 20, 38_000, 19)).Assess();
        Assert.Equal(Verdict.NoGo, assessment.Verdict);
        Assert.True(assessment.Regression);
        Assert.True(assessment.DeltaLow > 0.001);
    }

    [Fact]
    public void A_thousand_clean_requests_prove_nothing()
    {
        var assessment = Fed(new(1_000, 0, 19_000, 9)).Assess();
        Assert.Equal(Verdict.Undecided, assessment.Verdict);
        Assert.InRange(assessment.RequestsMissing!.Value, 1_000, 20_000);
        Assert.Contains("more canary requests", assessment.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void No_data_is_undecided_with_the_named_reason()
    {
        var assessment = new RateJudge(new RateJudgeSettings()).Assess();
        Assert.Equal(Verdict.Undecided, assessment.Verdict);
        Assert.Equal("The canary has served no requests in this stage.", assessment.Reason);
        Assert.Equal((-1.0, 1.0), (assessment.DeltaLow, assessment.DeltaHigh));
        Assert.InRange(assessment.RequestsMissing!.Value, 5_000, 20_000);

        var silent = Fed(new RateCounts(0, 0, 19_000, 9)).Assess();
        Assert.Equal("The canary has served no requests in this stage.", silent.Reason);
        Assert.Equal("The baseline has served no requests in this stage.", Fed(new RateCounts(900, 0, 0, 0)).Assess().Reason);
    }

    [Fact]
    public void A_rise_as_large_as_the_tolerance_is_never_promised_a_decision() =>
        Assert.Null(Fed(new RateCounts(100_000, 150, 1_900_000, 950)).Assess().RequestsMissing);

    [Fact]
    public void The_interval_excludes_the_tolerance_exactly_when_the_verdict_says_so()
    {
        var random = new Random(11);
        for (var run = 0; run < 300; run++)
        {
            var judge = new RateJudge(new RateJudgeSettings());
            foreach (var stage in new[] { "5", "10" })
                judge.Add(stage, Arrivals.Draw(random, random.Next(100, 20_000), stage == "5" ? 0.05 : 0.1, 0.0005 + (random.NextDouble() * 0.004), 0.0005));
            var assessment = judge.Assess();
            Assert.Equal(assessment.Verdict == Verdict.NoGo, assessment.DeltaLow > 0.001);
            Assert.Equal(assessment.GoEvidence >= assessment.GoBound, assessment.DeltaHigh <= 0.001);
            Assert.True(assessment.Canary.Low <= assessment.Canary.Rate && assessment.Canary.Rate <= assessment.Canary.High);
        }
    }

    [Fact]
    public void The_same_counts_give_the_same_verdict_however_often_they_are_polled()
    {
        var every = new RateJudge(new RateJudgeSettings());
        var seldom = new RateJudge(new RateJudgeSettings());
        var random = new Random(3);
        foreach (var stage in new[] { "5", "10" })
        {
            var sum = default(RateCounts);
            for (var poll = 0; poll < 60; poll++)
            {
                var counts = Arrivals.Draw(random, 100, 0.05, 0.0015, 0.0005);
                every.Add(stage, counts);
                sum += counts;
                if (poll % 20 != 19) continue;
                seldom.Add(stage, sum);
                sum = default;
            }
        }

        Assert.Equal(every.Assess(), seldom.Assess());
    }

    [Fact]
    public void A_judge_restarted_from_its_stored_state_goes_on_as_if_nothing_had_happened()
    {
        var random = new Random(5);
        var straight = new RateJudge(new RateJudgeSettings { Metrics = 2 });
        straight.Learn(100_000, 50);
        var restarted = new RateJudge(straight.State);
        for (var poll = 0; poll < 40; poll++)
        {
            var counts = Arrivals.Draw(random, 250, 0.05, 0.001, 0.0005);
            straight.Add(poll < 20 ? "5" : "10", counts);
            restarted.Add(poll < 20 ? "5" : "10", counts);
            restarted = new RateJudge(JsonSerializer.Deserialize<RateJudgeState>(JsonSerializer.Serialize(restarted.State))!);
            Assert.Equal(straight.Assess(), restarted.Assess());
        }
    }

    [Fact]
    public void Shares_that_differ_are_never_pooled()
    {
        // Each stage alone shows equal rates; pooled, the canary would look four times as bad (Simpson's paradox).
        var judge = new RateJudge(new RateJudgeSettings());
        judge.Add("5", new RateCounts(1_000, 1, 19_000, 19));
        judge.Add("5", new RateCounts(10_000, 100, 10_000, 100));
        Assert.Equal(2, judge.State.Blocks.Count);
        Assert.False(judge.Assess().Regression);
        Assert.True(Fed(new RateCounts(11_000, 101, 29_000, 119)).Assess().Regression);
    }

    [Fact]
    public void Evidence_of_stages_adds_up()
    {
        var half = new RateCounts(6_000, 3, 114_000, 57);
        var judge = new RateJudge(new RateJudgeSettings());
        judge.Add("5", half);
        var first = judge.Assess().GoEvidence;
        judge.Add("10", new RateCounts(6_000, 3, 54_000, 27));
        Assert.True(first < 20);
        Assert.True(judge.Assess().GoEvidence > first);
    }

    [Fact]
    public void A_version_that_turns_bad_in_a_later_stage_is_still_stopped_soon()
    {
        var judge = Fed(new(100_000, 50, 1_900_000, 950));
        Assert.Equal(Verdict.Go, judge.Decide().Verdict);
        judge.Add("10", new RateCounts(1_000, 15, 9_000, 5));
        Assert.Equal(Verdict.NoGo, judge.Decide().Verdict);
    }

    [Fact]
    public void History_may_not_be_told_after_evidence_has_come_in()
    {
        var judge = Fed(new RateCounts(10, 0, 190, 0));
        Assert.Throws<InvalidOperationException>(() => judge.Learn(1, 0));
    }

    [Theory]
    [InlineData(-1, 0, 1, 0)]
    [InlineData(1, 2, 1, 0)]
    [InlineData(1, 0, double.NaN, 0)]
    [InlineData(1, 0, 1, -1)]
    public void Impossible_counts_are_refused(double canaryRequests, double canaryErrors, double baselineRequests, double baselineErrors) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Fed(new(canaryRequests, canaryErrors, baselineRequests, baselineErrors)));

    [Theory]
    [InlineData(0, 0.05, 1)]
    [InlineData(0.001, 0.5, 1)]
    [InlineData(0.001, 0.05, 0)]
    public void Impossible_settings_are_refused(double delta, double alpha, int metrics) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new RateJudge(new RateJudgeSettings { Delta = delta, Alpha = alpha, Metrics = metrics }));

    private static RateJudge Fed(RateCounts counts)
    {
        var judge = new RateJudge(new RateJudgeSettings());
        judge.Add("5", counts);
        return judge;
    }
}
