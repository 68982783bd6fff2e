using VisionRollout.Core.Evidence;
using VisionRollout.Core.Statistics;

namespace VisionRollout.Core.Tests.Statistics;

/// <summary>Monte-Carlo with fixed seeds: the promised error rates, looked at after every reading, and the traffic it takes.</summary>
public sealed class RateJudgeErrorRateTests
{
    private const int Runs = 300;

    [Fact]
    public void Identical_versions_are_called_a_regression_in_at_most_five_per_cent_and_decided_in_time()
    {
        var result = Simulate(0.0005, step: 200, horizon: 40_000);
        Assert.InRange(result.Regressions, 0, Runs * 0.05);
        Assert.InRange(result.NoGos, 0, Runs * 0.05);
        Assert.InRange(result.MedianToGo, 7_400, 10_200);
    }

    [Fact]
    public void A_rise_of_exactly_the_tolerance_is_decided_falsely_in_at_most_five_per_cent()
    {
        var result = Simulate(0.0015, step: 400, horizon: 60_000);
        Assert.InRange(result.Gos, 0, Runs * 0.05);
        Assert.InRange(result.NoGos, 0, Runs * 0.05);
        Assert.True(result.Regressions > Runs * 0.95);
        Assert.InRange(result.MedianToRegression, 4_000, 6_200);
    }

    [Fact]
    public void Errors_in_bursts_of_five_do_not_raise_the_share_of_false_verdicts()
    {
        var same = Simulate(0.0005, step: 400, horizon: 40_000, burst: 5);
        Assert.InRange(same.Regressions, 0, Runs * 0.06);
        var atTolerance = Simulate(0.0015, step: 400, horizon: 40_000, burst: 5);
        Assert.InRange(atTolerance.Gos, 0, Runs * 0.06);
        Assert.InRange(atTolerance.NoGos, 0, Runs * 0.06);
    }

    [Fact]
    public void Ten_times_the_tolerance_is_stopped_within_the_published_number_of_requests()
    {
        var result = Simulate(0.0105, step: 25, horizon: 5_000);
        Assert.Equal(Runs, result.NoGos);
        Assert.InRange(result.MedianToNoGo, 350, 520);
        Assert.InRange(result.MedianToRegression, 200, 320);
    }

    private static Outcome Simulate(double canaryRate, int step, int horizon, int burst = 1)
    {
        var outcome = new Outcome();
        for (var run = 0; run < Runs; run++)
        {
            var random = new Random(run);
            var judge = new RateJudge(new RateJudgeSettings());
            judge.Learn(1_000_000, 500);
            outcome.Follow(judge, requests => Arrivals.Draw(random, requests, 0.05, canaryRate, 0.0005, burst), step, horizon);
        }

        return outcome;
    }

    private sealed class Outcome
    {
        private readonly List<int> go = [];
        private readonly List<int> noGo = [];
        private readonly List<int> regression = [];

        public int Gos => go.Count(At.IsReached);

        public int NoGos => noGo.Count(At.IsReached);

        public int Regressions => regression.Count(At.IsReached);

        public int MedianToGo => go.Order().ElementAt(Runs / 2);

        public int MedianToNoGo => noGo.Order().ElementAt(Runs / 2);

        public int MedianToRegression => regression.Order().ElementAt(Runs / 2);

        public void Follow(RateJudge judge, Func<int, RateCounts> next, int step, int horizon)
        {
            var (toGo, toNoGo, toRegression) = (At.Never, At.Never, At.Never);
            for (var requests = step; requests <= horizon; requests += step)
            {
                judge.Add("5", next(step));
                var (verdict, worse) = judge.Decide();
                if (verdict == Verdict.Go) toGo = Math.Min(toGo, requests);
                if (verdict == Verdict.NoGo) toNoGo = Math.Min(toNoGo, requests);
                if (worse) toRegression = Math.Min(toRegression, requests);
            }

            go.Add(toGo);
            noGo.Add(toNoGo);
            regression.Add(toRegression);
        }
    }

    private static class At
    {
        public const int Never = int.MaxValue;

        public static bool IsReached(int requests) => requests != Never;
    }
}
