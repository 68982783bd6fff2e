using System.Text.Json.Nodes;
using VisionRollout.Core.Evidence;
using VisionRollout.Core.Journal;
using VisionRollout.Core.Plan;
using VisionRollout.Module.Tests.Rollout;
using VisionRollout.Module.Tests.World;

namespace VisionRollout.Module.Tests.Canary;

/// <summary>A version that is worse, but within the tolerance: the plan says what that means.</summary>
[Collection(nameof(ClusterOfRollouts))]
public sealed class RegressionTests(ClusterOfRollouts cluster)
{
    private const int Limit = 180_000;

    [Theory(Timeout = Limit)]
    [InlineData(RegressionAction.Warn, "", "Running")]
    [InlineData(RegressionAction.Hold, "RolloutHeld", "Held")]
    [InlineData(RegressionAction.RollBack, "RolloutRolledBack", "RolledBack")]
    public async Task The_plan_says_what_a_regression_within_the_tolerance_does(RegressionAction action, string error, string status)
    {
        await using var bench = await RolloutBench.CreateAsync(cluster, plan => plan with
        {
            Timeline = [.. plan.Timeline.SkipWhile(phase => phase.Name != "Canary")],
            Canary = plan.Canary with { OnRegression = action, ErrorRateDelta = 0.003, EarlyGo = true, LeastDwell = TimeSpan.FromMinutes(5), Stages = [new PlanStage(0.5, TimeSpan.FromMinutes(10))] },
        });
        await bench.DeployAsync();
        await bench.StartAsync();
        var fault = await cluster.Process.AddFaultAsync(new JsonObject { ["name"] = "error-rate", ["magnitude"] = 0.001, ["target"] = new JsonObject { ["version"] = "v1.1.0" } }, TestContext.Current.CancellationToken);
        ModuleResult result;
        try
        {
            result = await bench.RunAsync("Invoke-RolloutPhase Canary -NoWait { Invoke-RolloutStep 'Canary' { Start-Canary | Watch-Canary } }");
        }
        finally
        {
            await cluster.Process.RemoveFaultAsync((string)fault["id"]!, TestContext.Current.CancellationToken);
        }

        if (error.Length > 0) Assert.StartsWith(error, result.OnlyErrorId(), StringComparison.Ordinal);
        else Assert.True(result.Failure is null && result.Errors.Count == 0, result.AllText);
        Assert.Contains("worse", result.AllText, StringComparison.Ordinal);
        Assert.Equal(status, (await PhaseTests.StatusAsync(bench)).Item1);
        var samples = (await bench.JournalAsync()).OfType<CanarySampled>().Select(entry => entry.Sample).ToList();
        Assert.True(samples[^1].Regression);
        // Warned only: it goes on to its end, early Go or not, because what is worse is not sent on early.
        if (action == RegressionAction.Warn) Assert.Equal((Verdict.Go, true), (samples[^1].Verdict, samples.Count >= 19));
    }
}
