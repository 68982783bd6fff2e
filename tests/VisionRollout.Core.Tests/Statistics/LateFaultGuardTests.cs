using System.Text.Json;
using VisionRollout.Core.Evidence;
using VisionRollout.Core.Statistics;

namespace VisionRollout.Core.Tests.Statistics;

public sealed class LateFaultGuardTests
{
    private const double Share = 0.05;
    private const double Rate = 0.0005;
    private static readonly RateJudgeSettings Settings = new() { Metrics = 3 };

    [Theory]
    [InlineData(18_000, 0.01, 1)] // as in the rehearsal: thirty seconds
    [InlineData(2_500, 0.01, 3)]
    [InlineData(250, 0.02, 10)]
    public void A_version_that_turns_bad_after_a_long_good_stretch_is_found_in_the_next_readings(int requests, double bad, int readings)
    {
        var random = new Random(7);
        var (judge, guard) = Make();
        for (var reading = 0; reading < 20; reading++) Add(judge, guard, Arrivals.Draw(random, requests, Share, Rate, Rate));
        Assert.False(guard.IsNoGo);
        var (toGuard, toJudge) = (0, 0);
        for (var reading = 1; reading <= 200 && (toGuard == 0 || toJudge == 0); reading++)
        {
            Add(judge, guard, Arrivals.Draw(random, requests, Share, bad, Rate));
            if (toGuard == 0 && guard.IsNoGo) toGuard = reading;
            if (toJudge == 0 && judge.Decide().Verdict == Verdict.NoGo) toJudge = reading;
        }

        Assert.InRange(toGuard, 1, readings);
        Assert.True(toGuard < toJudge, $"guard {toGuard}, judge {toJudge}");
    }

    [Fact]
    public void It_says_in_which_readings()
    {
        var random = new Random(7);
        var (judge, guard) = Make();
        for (var reading = 0; reading < 20; reading++) Add(judge, guard, Arrivals.Draw(random, 18_000, Share, Rate, Rate));
        Add(judge, guard, new RateCounts(18_000, 200, 342_000, 171));
        Assert.Equal("In the newest reading the error rate rises by more than 0.1 points: 200 of 18,000 requests failed (1.111 %), 0.05 % on the baseline.", guard.Reason());
        Assert.Equal("There were no readings yet.", new LateFaultGuard(Settings).Reason());
    }

    // A third of α for each of error rate, response time and late faults: 1.7 %.
    [Theory]
    [InlineData("identical", 0.0005, 1, 0.017)]
    [InlineData("at the tolerance", 0.0015, 1, 0.017)]
    [InlineData("identical, bursts", 0.0005, 5, 0.05)]
    [InlineData("at the tolerance, bursts", 0.0015, 5, 0.05)]
    public void A_version_within_the_tolerance_is_stopped_no_more_often_than_promised(string row, double rate, int burst, double most)
    {
        const int runs = 300;
        var stopped = 0;
        for (var run = 0; run < runs; run++)
        {
            var random = new Random(run);
            var (judge, guard) = Make();
            for (var reading = 0; reading < 120 && !guard.IsNoGo; reading++) Add(judge, guard, Arrivals.Draw(random, 400, Share, rate, Rate, burst));
            if (guard.IsNoGo) stopped++;
        }

        Assert.True(stopped <= runs * most, $"{row}: {stopped} of {runs}");
    }

    [Fact]
    public void A_burst_is_no_fault_when_errors_have_come_in_bursts_before()
    {
        var (judge, guard) = Make();
        for (var reading = 0; reading < 40; reading++) Add(judge, guard, new RateCounts(1_000, reading % 4 == 0 ? 5 : 0, 19_000, reading % 2 == 0 ? 20 : 0));
        Add(judge, guard, new RateCounts(1_000, 20, 19_000, 0));
        Assert.False(guard.IsNoGo, $"{guard.Evidence}");
    }

    [Fact]
    public void Readings_without_requests_say_nothing()
    {
        var (judge, guard) = Make();
        Add(judge, guard, new RateCounts(0, 0, 19_000, 9));
        Add(judge, guard, new RateCounts(1_000, 1, 0, 0));
        Assert.Equal(1, guard.Evidence, 1e-12);
        Assert.Throws<ArgumentOutOfRangeException>(() => guard.Add("5", new RateCounts(1, 2, 1, 0), 1));
    }

    [Fact]
    public void Windows_do_not_reach_over_the_end_of_a_stage()
    {
        var guard = new LateFaultGuard(Settings);
        for (var reading = 0; reading < 3; reading++) guard.Add("5", new RateCounts(1_000, 1, 19_000, 9), 1);
        guard.Add("10", new RateCounts(2_000, 1, 18_000, 9), 1);
        Assert.All(guard.State.Windows, window => Assert.Equal((1, 2_000.0), (window.Readings, window.Block!.Counts.CanaryRequests)));
    }

    [Fact]
    public void A_guard_restarted_from_its_stored_state_goes_on_as_if_nothing_had_happened()
    {
        var random = new Random(5);
        var (judge, straight) = Make();
        var restarted = new LateFaultGuard(straight.State);
        for (var reading = 0; reading < 40; reading++)
        {
            var counts = Arrivals.Draw(random, 250, Share, reading < 30 ? Rate : 0.01, Rate);
            restarted.Add(reading < 20 ? "5" : "10", counts, judge.Dispersion);
            straight.Add(reading < 20 ? "5" : "10", counts, judge.Dispersion);
            judge.Add(reading < 20 ? "5" : "10", counts);
            restarted = new LateFaultGuard(JsonSerializer.Deserialize<LateFaultState>(JsonSerializer.Serialize(restarted.State))!);
            Assert.Equal(straight.Evidence, restarted.Evidence);
        }
    }

    private static (RateJudge Judge, LateFaultGuard Guard) Make()
    {
        var (judge, guard) = (new RateJudge(Settings), new LateFaultGuard(Settings));
        judge.Learn(1_000_000, 500);
        guard.Learn(1_000_000, 500);
        return (judge, guard);
    }

    private static void Add(RateJudge judge, LateFaultGuard guard, RateCounts counts)
    {
        guard.Add("5", counts, judge.Dispersion);
        judge.Add("5", counts);
    }
}
