using System.Management.Automation;
using VisionRollout.Core.Canary;
using VisionRollout.Core.Evidence;
using VisionRollout.Core.Plan;
using VisionRollout.Module.Tests.World;

namespace VisionRollout.Module.Tests.Canary;

[Collection(nameof(ClusterOfShells))]
public sealed class CanaryStopTests(ClusterOfShells cluster)
{
    private const int Limit = 120_000;

    [Fact(Timeout = Limit)]
    public async Task Judgements_come_as_they_are_made_and_Ctrl_C_ends_the_watch_which_can_be_taken_up_again()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster, plan => Dwell(plan, TimeSpan.FromHours(3)));
        await bench.DeployAsync();
        await bench.StartAsync();
        var run = bench.Host.Start("Start-Canary 5 | Watch-Canary -Sample");
        await run.OutputCountAsync(2);
        Assert.IsType<CanarySample>(run.Output[0].BaseObject);
        await run.StopWithinAsync(TimeSpan.FromSeconds(4));
        Assert.IsType<PipelineStoppedException>((await run.ResultAsync()).Failure);

        await bench.Session.Lease.ReleaseAsync();
        await using var again = await bench.SecondAsync();
        await again.StartAsync();
        var stage = (await again.RunAsync("Step-Canary")).As<CanaryStage>();
        Assert.Equal(5, Assert.Single(stage).Percent); // the interrupted stage is the one to go on with
    }

    [Fact(Timeout = Limit)]
    public async Task A_stage_that_is_good_ends_with_Go_and_the_next_one_may_begin()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster, plan => Dwell(plan, TimeSpan.FromMinutes(10)));
        await bench.DeployAsync();
        await bench.StartAsync();
        Assert.StartsWith("CanaryNotStarted", (await bench.RunAsync("Step-Canary")).OnlyErrorId(), StringComparison.Ordinal);
        var result = await bench.RunAsync("Start-Canary | Watch-Canary");
        Assert.True(result.Output.Count == 1, result.AllText);
        Assert.Equal((5, Verdict.Go), (result.As<CanaryResult>()[0].Percent, result.As<CanaryResult>()[0].Verdict));
        Assert.Equal(10, Assert.Single((await bench.RunAsync("Step-Canary")).As<CanaryStage>()).Percent);
        var early = await bench.RunAsync("Step-Canary 25");
        Assert.StartsWith("StageNotGo", early.OnlyErrorId(), StringComparison.Ordinal);
        Assert.StartsWith("StageNotFound", (await bench.RunAsync("Step-Canary 33")).OnlyErrorId(), StringComparison.Ordinal);
    }

    private static RolloutPlan Dwell(RolloutPlan plan, TimeSpan dwell) => plan with { Canary = plan.Canary with { Stages = [.. plan.Canary.Stages.Select(stage => stage with { Dwell = dwell })] } };
}
