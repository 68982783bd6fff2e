using VisionRollout.Core.Tests.World;
using VisionRollout.Core.Traffic;
using VisionRollout.Core.Workloads;

namespace VisionRollout.Core.Tests.Traffic;

public sealed class RollbackForecastTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 23, 9, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Budget = TimeSpan.FromMinutes(15);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task With_the_old_colour_at_full_size_it_is_the_longest_move_so_far()
    {
        var forecast = await ComputeAsync(SampleWorkloads.AllReady(), [], TimeSpan.FromSeconds(41));
        Assert.Equal((TimeSpan.FromSeconds(41), TimeSpan.Zero, "41 s"), (forecast.Total, forecast.Readiness, forecast.ToString()));
        Assert.True(forecast.Fits(Budget));
        Assert.Equal(TimeSpan.FromSeconds(30), (await ComputeAsync(SampleWorkloads.AllReady(), [], null)).Total);
    }

    [Fact]
    public async Task Pods_that_are_missing_cost_what_the_others_needed_to_start()
    {
        var forecast = await ComputeAsync(SampleWorkloads.With(2, ("shop", 2), ("stock", 1)), [Pod("shop", 90), Pod("shop", 100), Pod("stock", 2000)], TimeSpan.FromSeconds(20));
        Assert.Equal(TimeSpan.FromSeconds(120), forecast.Total);
        Assert.Contains("stock has 1 of 2 pods ready", forecast.Reason, StringComparison.Ordinal);
        Assert.Equal("2 min", forecast.ToString());
        Assert.False(forecast.Fits(TimeSpan.FromSeconds(119)));
    }

    [Theory]
    [InlineData("CrashLoopBackOff: back-off 5m0s", 0)]
    [InlineData("Unschedulable: 0/3 nodes are available", 0)]
    [InlineData("", 3)]
    public async Task What_does_not_come_up_by_itself_can_not_be_told_and_never_fits(string waiting, int restarts)
    {
        var stuck = Pod("stock", 10) with { Ready = false, Waiting = waiting, Restarts = restarts };
        var forecast = await ComputeAsync(SampleWorkloads.With(2, ("shop", 2), ("stock", 1)), [Pod("shop", 90), stuck], null);
        Assert.Null(forecast.Total);
        Assert.False(forecast.Fits(TimeSpan.MaxValue));
        Assert.StartsWith("stock does not come up by itself", forecast.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_Deployment_that_is_gone_or_has_no_pods_at_all_is_no_way_back()
    {
        Assert.Null((await ComputeAsync(SampleWorkloads.With(2, ("shop", 2)), [Pod("shop", 90)], null)).Total);
        Assert.Null((await ComputeAsync(SampleWorkloads.With(0, ("shop", 0), ("stock", 0)), [], null)).Total);
        Assert.Null((await ComputeAsync(SampleWorkloads.With(2, ("shop", 2), ("stock", 1)), [], null)).Total);
    }

    private static PodState Pod(string deployment, int seconds) => new()
    {
        Name = deployment + "-1", Service = deployment, Colour = "green", Deployment = deployment, Phase = "Running", Ready = true, CreatedAt = At, ReadyAt = At.AddSeconds(seconds),
    };

    private static async Task<RollbackForecast> ComputeAsync(IWorkloads workloads, PodState[] pods, TimeSpan? slowest) =>
        RollbackForecast.Compute(SamplePlan.Plan, "green", await workloads.ListAsync(null, Token), pods, slowest);
}
