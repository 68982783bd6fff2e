using VisionRollout.Core.Canary;
using VisionRollout.Core.Plan;
using VisionRollout.Module.Tests.Plan;
using VisionRollout.Module.Tests.World;

namespace VisionRollout.Module.Tests.Canary;

[Collection(nameof(ClusterOfRollouts))]
public sealed class FeasibilityTests(ClusterOfRollouts cluster)
{
    private const int Limit = 120_000;

    [Fact(Timeout = Limit)]
    public async Task The_plan_is_held_against_the_live_traffic()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster);
        // The five minutes that are looked back on must not reach into an earlier test's canary.
        var token = TestContext.Current.CancellationToken;
        await bench.Session.World.Clock.WaitUntilAsync(await bench.Session.NowAsync(token) + TimeSpan.FromMinutes(6), token);
        var stages = (await bench.RunAsync($"Test-RolloutPlan '{ExamplePlan.Path}' -Feasibility")).As<StageFeasibility>();
        Assert.Equal([5, 10, 25, 50], stages.Select(stage => stage.Percent));
        Assert.All(stages, stage => Assert.True(stage.Decidable, stage.Reason));
        // About 12,000 requests per second, a twentieth of them for half an hour.
        Assert.InRange(stages[0].CanaryRequests, 12_000 * 90 * 0.9, 12_000 * 90 * 1.1);
    }

    [Theory(Timeout = Limit)]
    [InlineData(UndecidableAction.Refuse)]
    [InlineData(UndecidableAction.Warn)]
    public async Task A_start_whose_canary_cannot_be_decided_is_refused_or_warned_as_the_plan_says(UndecidableAction action)
    {
        // Ten seconds at one per cent decide nothing.
        await using var bench = await RolloutBench.CreateAsync(cluster, plan => plan with { Canary = plan.Canary with { WhenUndecidable = action, Stages = [new PlanStage(0.01, TimeSpan.FromSeconds(10))] } });
        var result = await bench.RunAsync("Start-Rollout -Version v1.1.0");
        if (action == UndecidableAction.Refuse)
        {
            Assert.StartsWith("CanaryUndecidable", result.OnlyErrorId(), StringComparison.Ordinal);
            Assert.Equal("NoRollout", (await bench.RunAsync("Test-RolloutGate Canary")).OnlyErrorId().Split(',')[0]);
            return;
        }

        Assert.Null(result.Failure);
        Assert.Contains("a dwell of", result.AllText, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task A_stage_that_is_proven_good_ends_early_where_the_plan_allows_it()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster, plan => plan with
        {
            Canary = plan.Canary with { EarlyGo = true, LeastDwell = TimeSpan.FromMinutes(3), Stages = [new PlanStage(0.5, TimeSpan.FromHours(3))] },
        });
        await bench.DeployAsync();
        await bench.StartAsync();
        var before = await bench.Session.NowAsync(TestContext.Current.CancellationToken);
        var result = Assert.Single((await bench.RunAsync("Start-Canary | Watch-Canary")).As<CanaryResult>());
        Assert.Equal(Core.Evidence.Verdict.Go, result.Verdict);
        Assert.InRange(result.At - before, TimeSpan.FromMinutes(3), TimeSpan.FromMinutes(30));
    }
}
