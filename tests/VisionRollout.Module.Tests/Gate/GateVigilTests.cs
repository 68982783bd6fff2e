using System.Text.Json.Nodes;
using VisionRollout.Core.Evidence;
using VisionRollout.Core.Journal;
using VisionRollout.Core.Plan;
using VisionRollout.Module.Tests.Rollout;
using VisionRollout.Module.Tests.World;

namespace VisionRollout.Module.Tests.Gate;

[Collection(nameof(ClusterOfRollouts))]
public sealed class GateVigilTests(ClusterOfRollouts cluster)
{
    private const int Limit = 180_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = Limit)]
    public async Task A_version_that_turns_bad_while_the_gate_waits_closes_it_and_the_approvals_expire()
    {
        await using var bench = await StageAsync();
        await bench.RunAsync("Approve-RolloutGate Canary -Role 'Tech Lead' -Context jane@vision-to-code.com"); // ahead: only one of two
        var run = bench.Host.Start("Invoke-RolloutPhase Canary -NoWait { Invoke-RolloutStep 'Gate' { Test-RolloutGate Canary -Wait } }");
        await bench.UntilRecordedAsync<GateOpened>();
        var before = (await bench.JournalAsync()).OfType<CanarySampled>().Count();
        var fault = await cluster.Process.AddFaultAsync(new JsonObject { ["name"] = "error-rate", ["target"] = new JsonObject { ["version"] = "v1.1.0" }, ["magnitude"] = 0.05 }, Token);
        try
        {
            var result = await run.ResultAsync();
            Assert.StartsWith("RolloutRolledBack", result.OnlyErrorId(), StringComparison.Ordinal);
        }
        finally
        {
            await cluster.Process.RemoveFaultAsync((string)fault["id"]!, Token);
        }

        var journal = await bench.JournalAsync();
        Assert.True(journal.OfType<CanarySampled>().Count() > before, "The canary was not judged while the gate waited.");
        Assert.Equal(Verdict.NoGo, journal.OfType<GateDecided>().Last().Verdict);
        Assert.True(journal.OfType<ApprovalsExpired>().Single().All);
        Assert.Equal("green", (await bench.Session.World.Router.ReadAsync(Token)).LiveColour);
        Assert.Equal(("RolledBack", 3), await PhaseTests.StatusAsync(bench));
    }

    [Fact(Timeout = Limit)]
    public async Task An_approval_rests_on_what_its_decider_saw_and_expires_when_that_turns_worse()
    {
        await using var bench = await StageAsync();
        await using var second = await bench.SecondAsync();
        var run = bench.Host.Start("Test-RolloutGate Canary -Wait");
        await bench.UntilRecordedAsync<GateOpened>();
        Assert.Empty((await second.RunAsync("Approve-RolloutGate Canary -Role 'Tech Lead' -Context jane@vision-to-code.com")).Errors);
        Assert.NotEmpty(Assert.Single((await bench.JournalAsync()).OfType<GateApproved>()).Seen!.Met);
        // Without metrics nothing is shown any more: that is no NoGo, but not what Jane saw.
        var fault = await cluster.Process.AddFaultAsync(new JsonObject { ["name"] = "metrics-gap", ["forSeconds"] = 300 }, Token);
        await bench.UntilRecordedAsync<ApprovalsExpired>();
        await cluster.Process.RemoveFaultAsync((string)fault["id"]!, Token);
        Assert.False((await bench.JournalAsync()).OfType<ApprovalsExpired>().First().All);
        Assert.DoesNotContain((await bench.JournalAsync()).OfType<GateDecided>(), _ => true);
        // Both decide on the evidence as it is now.
        var open = Assert.Single((await second.RunAsync("Test-RolloutGate Canary")).As<GateResult>());
        Assert.Contains("earlier approvals have expired", open.Reason, StringComparison.Ordinal);
        await second.RunAsync("Approve-RolloutGate Canary -Role 'Tech Lead' -Context jane@vision-to-code.com; Approve-RolloutGate Canary -Role 'DevOps Lead' -Context bob@vision-to-code.com");
        await run.StopAsync();
    }

    [Fact(Timeout = Limit)]
    public async Task A_phase_that_waits_for_its_time_goes_on_judging()
    {
        await using var bench = await StageAsync(plan => plan with { Timeline = [.. plan.Timeline.Where(phase => phase.Name == "Cutover").Select(phase => phase with { Start = new TimeOnly(23, 58) })] });
        var run = bench.Host.Start("Invoke-RolloutPhase Cutover { }");
        await run.UntilProgressAsync("Waiting for Cutover");
        var fault = await cluster.Process.AddFaultAsync(new JsonObject { ["name"] = "error-rate", ["target"] = new JsonObject { ["version"] = "v1.1.0" }, ["magnitude"] = 0.05 }, Token);
        try
        {
            Assert.StartsWith("RolloutRolledBack", (await run.ResultAsync()).OnlyErrorId(), StringComparison.Ordinal);
        }
        finally
        {
            await cluster.Process.RemoveFaultAsync((string)fault["id"]!, Token);
        }

        Assert.Equal(("RolledBack", 3), await PhaseTests.StatusAsync(bench));
    }

    // A canary of one stage that was judged Go, and a gate that waits long enough.
    private async Task<RolloutBench> StageAsync(Func<RolloutPlan, RolloutPlan>? change = null)
    {
        var bench = await RolloutBench.CreateAsync(cluster, plan =>
        {
            var changed = plan with
            {
                Timeline = [.. plan.Timeline.SkipWhile(phase => phase.Name != "Canary")],
                Canary = plan.Canary with { Stages = [plan.Canary.Stages[^1] with { Dwell = TimeSpan.FromMinutes(10) }] },
                Gates = [.. plan.Gates.Select(gate => gate with { Deadline = TimeSpan.FromHours(12) })],
            };
            return change is null ? changed : change(changed);
        });
        await bench.DeployAsync();
        await bench.StartAsync();
        var stage = await bench.RunAsync("Start-Canary | Watch-Canary");
        Assert.True(stage.Output.Count == 1, stage.AllText);
        return bench;
    }
}
