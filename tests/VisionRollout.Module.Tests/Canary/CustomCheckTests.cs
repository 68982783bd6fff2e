using VisionRollout.Core.Evidence;
using VisionRollout.Core.Plan;
using VisionRollout.Module.Tests.Rollout;
using VisionRollout.Module.Tests.World;

namespace VisionRollout.Module.Tests.Canary;

[Collection(nameof(ClusterOfRollouts))]
public sealed class CustomCheckTests(ClusterOfRollouts cluster)
{
    private const int Limit = 120_000;

    [Theory(Timeout = Limit)]
    [InlineData("{ $true }", Verdict.Go, "passed")]
    [InlineData("{ $false }", Verdict.NoGo, "did not pass")]
    [InlineData("{ 'noise'; 'Go' }", Verdict.Go, "passed")]
    [InlineData("{ @{ Verdict = 'NoGo'; Reason = 'The basket is empty' } }", Verdict.NoGo, "The basket is empty")]
    [InlineData("{ }", Verdict.Undecided, "gave no verdict")]
    [InlineData("{ 42 }", Verdict.Undecided, "gave no verdict")]
    [InlineData("{ throw 'no way in' }", Verdict.Undecided, "no way in")]
    [InlineData("'text'", Verdict.Undecided, "no script block")]
    public async Task What_a_check_of_the_runbook_gives_counts_like_a_criterion(string block, Verdict verdict, string reason)
    {
        await using var bench = await RolloutBench.CreateAsync(cluster);
        await bench.StartAsync();
        var gate = Assert.Single((await bench.RunAsync($"Test-RolloutGate Canary -Check @{{ Checkout = {block} }}")).As<GateResult>());
        var finding = gate.Findings.Single(item => item.Criterion == "Checkout");
        Assert.Equal(verdict, finding.Verdict);
        Assert.Contains(reason, finding.Reason, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task A_stage_ends_at_a_NoGo_of_a_check_and_is_not_Go_without_its_Go()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster, plan => plan with
        {
            Canary = plan.Canary with { WhenUndecided = UndecidedAction.Hold, Stages = [new PlanStage(0.5, TimeSpan.FromMinutes(6))] },
        });
        await bench.DeployAsync();
        await bench.StartAsync();
        var open = await bench.RunAsync("Start-Canary | Watch-Canary -Check @{ Checkout = { } }");
        Assert.StartsWith("CanaryUndecided", open.OnlyErrorId(), StringComparison.Ordinal);
        Assert.Contains("Checkout", open.AllText, StringComparison.Ordinal);
        var bad = await bench.RunAsync("Start-Canary | Watch-Canary -Check @{ Checkout = { $false } }");
        Assert.StartsWith("CanaryNoGo", bad.OnlyErrorId(), StringComparison.Ordinal);
        Assert.Contains("Checkout", bad.AllText, StringComparison.Ordinal);
    }
}
