using System.Text.Json.Nodes;
using VisionRollout.Core.Evidence;
using VisionRollout.Core.Journal;
using VisionRollout.Core.Plan;
using VisionRollout.Module.Tests.Rollout;
using VisionRollout.Module.Tests.World;

namespace VisionRollout.Module.Tests.Gate;

[Collection(nameof(ClusterOfShells))]
public sealed class GateVigilTests(ClusterOfShells cluster)
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
        // The deciders were told when the gate opened, and are told again.
        await bench.UntilRecordedAsync<MessageSent>(message => message.Key.Contains("/Canary 1/", StringComparison.Ordinal));
        var told = (await bench.JournalAsync()).OfType<MessageSent>().Where(message => message.Name == "GateWaiting").Select(message => message.Text).ToList();
        Assert.Contains("gate Canary, Tech Lead, DevOps Lead", told[0], StringComparison.Ordinal);
        Assert.Contains("gate Canary, Tech Lead, DevOps Lead; earlier approvals have expired: ErrorRateDelta (blue) was met", told[1], StringComparison.Ordinal);
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

    [Fact(Timeout = Limit)]
    public async Task A_check_of_the_runbook_is_run_while_a_phase_waits_for_its_time()
    {
        await using var bench = await StageAsync(plan => plan with { Timeline = [.. plan.Timeline.Where(phase => phase.Name == "Cutover").Select(phase => phase with { Start = new TimeOnly(23, 58) })] });
        var result = await bench.RunAsync("$looks = @(0); Invoke-RolloutPhase Cutover -Check @{ Basket = { $looks[0]++; if ($looks[0] -lt 3) { 'Go' } else { @{ Verdict = 'NoGo'; Reason = 'The basket is empty' } } } } { }");
        Assert.StartsWith("RolloutRolledBack", result.OnlyErrorId(), StringComparison.Ordinal);
        Assert.Contains("Basket (rollout): The basket is empty", result.AllText, StringComparison.Ordinal);
        Assert.Equal("green", (await bench.Session.World.Router.ReadAsync(Token)).LiveColour);
    }

    [Fact(Timeout = Limit)]
    public async Task A_check_of_the_runbook_has_its_say_at_the_last_look_and_after_the_cutover()
    {
        await using var bench = await StageAsync();
        await bench.RunAsync("Confirm-RolloutChecklist 'Business approval' -All");
        await bench.AppendAsync(new GateDecided("Canary", Verdict.Go, "decided", []), new GateDecided("Cutover", Verdict.Go, "decided", []));
        await cluster.Process.AdvanceAsync(TimeSpan.FromMinutes(40), Token);
        Assert.StartsWith("CutoverUndecided", (await bench.RunAsync("Switch-Traffic blue -Confirm:$false -Check @{ Basket = { } }")).OnlyErrorId(), StringComparison.Ordinal);
        Assert.StartsWith("CutoverNoGo", (await bench.RunAsync("Switch-Traffic blue -Confirm:$false -Check @{ Basket = { $false } }")).OnlyErrorId(), StringComparison.Ordinal);
        Assert.Empty((await bench.RunAsync("Switch-Traffic blue -Confirm:$false -Check @{ Basket = { $true } }")).Errors);

        Assert.StartsWith("LiveUndecided", (await bench.RunAsync("Watch-Rollout -For 0:02:00 -Check @{ Basket = { } }")).OnlyErrorId(), StringComparison.Ordinal);
        Assert.Equal(Verdict.Go, Assert.Single((await bench.RunAsync("Watch-Rollout -For 0:02:00 -Check @{ Basket = { $true } }")).As<LiveSampled>()).Verdict);
        var bad = await bench.RunAsync("Watch-Rollout -For 0:02:00 -Check @{ Basket = { $false } }");
        Assert.StartsWith("LiveNoGo", bad.OnlyErrorId(), StringComparison.Ordinal);
        Assert.Contains("Basket", bad.AllText, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task A_gate_that_waits_after_the_cutover_watches_the_version_that_serves()
    {
        await using var bench = await StageAsync(plan => plan with { Gates = [plan.Gates[1] with { Name = "Sign-off", Phase = "Complete", Criteria = [new PlanGateCriterion(GateCriteria.BusinessApproval, null)], Deadline = TimeSpan.FromHours(12) }] });
        Assert.Empty((await bench.RunAsync("Switch-Traffic blue -Force -Confirm:$false")).Errors);
        var run = bench.Host.Start("Invoke-RolloutPhase Canary -NoWait { Invoke-RolloutStep 'Gate' { Test-RolloutGate Sign-off -Wait } }");
        await bench.UntilRecordedAsync<GateOpened>();
        await bench.UntilRecordedAsync<MessageSent>(message => message.Text.Contains("gate Sign-off, CTO, VP Engineering, BusinessApproval (not confirmed: Business approval received)", StringComparison.Ordinal));
        var fault = await cluster.Process.AddFaultAsync(new JsonObject { ["name"] = "error-rate", ["target"] = new JsonObject { ["version"] = "v1.1.0" }, ["magnitude"] = 0.05 }, Token);
        try
        {
            Assert.StartsWith("RolloutRolledBack", (await run.ResultAsync()).OnlyErrorId(), StringComparison.Ordinal);
        }
        finally
        {
            await cluster.Process.RemoveFaultAsync((string)fault["id"]!, Token);
        }

        Assert.Equal(Verdict.NoGo, (await bench.JournalAsync()).OfType<GateDecided>().Last().Verdict);
        Assert.Equal("green", (await bench.Session.World.Router.ReadAsync(Token)).LiveColour);
    }

    [Fact(Timeout = Limit)]
    public async Task A_runbook_that_was_interrupted_looks_again_before_all_traffic_moves()
    {
        await using var bench = await StageAsync();
        var confirmed = await bench.RunAsync("Confirm-RolloutChecklist 'Business approval' -All");
        Assert.Empty(confirmed.Errors);
        // Decided, then the runbook was killed and hours went by.
        await bench.AppendAsync(new GateDecided("Canary", Verdict.Go, "decided", []), new GateDecided("Cutover", Verdict.Go, "decided", []));
        await cluster.Process.AdvanceAsync(TimeSpan.FromHours(2), Token);

        var gap = await cluster.Process.AddFaultAsync(new JsonObject { ["name"] = "metrics-down" }, Token);
        var silent = await bench.RunAsync("Switch-Traffic blue -Confirm:$false");
        await cluster.Process.RemoveFaultAsync((string)gap["id"]!, Token);
        Assert.StartsWith("CutoverUndecided", silent.OnlyErrorId(), StringComparison.Ordinal);
        Assert.Equal(0.5, (await bench.Session.World.Router.ReadAsync(Token)).Weights["blue"]);

        var bad = await cluster.Process.AddFaultAsync(new JsonObject { ["name"] = "error-rate", ["target"] = new JsonObject { ["version"] = "v1.1.0" }, ["magnitude"] = 0.05 }, Token);
        await cluster.Process.AdvanceAsync(TimeSpan.FromMinutes(10), Token);
        var refused = await bench.RunAsync("Switch-Traffic blue -Confirm:$false");
        Assert.StartsWith("CutoverNoGo", refused.OnlyErrorId(), StringComparison.Ordinal);
        Assert.Equal(0.5, (await bench.Session.World.Router.ReadAsync(Token)).Weights["blue"]);
        try
        {
            var phase = await bench.RunAsync("Invoke-RolloutPhase Canary -NoWait { Invoke-RolloutStep 'Switch the traffic' { Switch-Traffic blue -Confirm:$false } }");
            Assert.StartsWith("RolloutRolledBack", phase.OnlyErrorId(), StringComparison.Ordinal);
        }
        finally
        {
            await cluster.Process.RemoveFaultAsync((string)bad["id"]!, Token);
        }

        Assert.Equal("green", (await bench.Session.World.Router.ReadAsync(Token)).LiveColour);
    }

    [Fact(Timeout = Limit)]
    public async Task A_cutover_whose_criteria_are_still_met_moves_and_once_moved_asks_no_more()
    {
        await using var bench = await StageAsync();
        await bench.RunAsync("Confirm-RolloutChecklist 'Business approval' -All");
        await bench.AppendAsync(new GateDecided("Canary", Verdict.Go, "decided", []), new GateDecided("Cutover", Verdict.Go, "decided", []));
        await cluster.Process.AdvanceAsync(TimeSpan.FromMinutes(40), Token);
        var before = (await bench.JournalAsync()).OfType<CanarySampled>().Count();
        var moved = await bench.RunAsync("Switch-Traffic blue -Confirm:$false");
        Assert.True(moved.Failure is null && moved.Errors.Count == 0, moved.AllText);
        Assert.Equal(before + 1, (await bench.JournalAsync()).OfType<CanarySampled>().Count());
        Assert.Empty((await bench.RunAsync("Switch-Traffic blue -Confirm:$false")).Errors);
        Assert.Equal(1, (await bench.Session.World.Router.ReadAsync(Token)).Weights["blue"]);
        // Passed is passed.
        Assert.StartsWith("GatePassed", (await bench.RunAsync("Deny-RolloutGate Cutover -Role CTO -Context cto@vision-to-code.com -Reason late")).OnlyErrorId(), StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task A_pod_that_just_comes_does_not_end_a_cutover()
    {
        await using var bench = await StageAsync();
        await bench.RunAsync("Confirm-RolloutChecklist 'Business approval' -All");
        await bench.AppendAsync(new GateDecided("Canary", Verdict.Go, "decided", []), new GateDecided("Cutover", Verdict.Go, "decided", []));
        await cluster.Process.AdvanceAsync(TimeSpan.FromMinutes(40), Token);
        var workload = (await bench.Session.World.Workloads.ListAsync("blue", Token)).First(item => item.Service == "core");
        await bench.Session.World.Workloads.ScaleAsync(workload.Deployment, workload.Desired + 1, Token);
        try
        {
            var moved = await bench.RunAsync("Switch-Traffic blue -Confirm:$false");
            Assert.True(moved.Failure is null && moved.Errors.Count == 0, moved.AllText);
            Assert.Equal(1, (await bench.Session.World.Router.ReadAsync(Token)).Weights["blue"]);

            // Moved already, only to be confirmed: the runbook was interrupted right after the write.
            await bench.Session.World.Workloads.ScaleAsync(workload.Deployment, workload.Desired + 2, Token);
            Assert.Empty((await bench.RunAsync("Switch-Traffic blue -Confirm:$false")).Errors);
            await bench.Session.World.Workloads.ScaleAsync(workload.Deployment, workload.Desired + 3, Token);
            Assert.Empty((await bench.RunAsync("Test-Deployment blue")).Errors);
        }
        finally
        {
            await bench.ScaleAsync(workload.Deployment, workload.Desired);
        }
    }

    [Fact(Timeout = Limit)]
    public async Task A_gate_that_is_denied_after_its_decision_stops_the_cutover()
    {
        await using var bench = await StageAsync();
        await bench.RunAsync("Confirm-RolloutChecklist 'Business approval' -All");
        await bench.AppendAsync(new GateDecided("Canary", Verdict.Go, "decided", []), new GateDecided("Cutover", Verdict.Go, "decided", []));
        Assert.Empty((await bench.RunAsync("Deny-RolloutGate Canary -Role 'Tech Lead' -Context jane@vision-to-code.com -Reason 'Support calls'")).Errors);
        var refused = await bench.RunAsync("Switch-Traffic blue -Confirm:$false");
        Assert.StartsWith("CutoverNoGo", refused.OnlyErrorId(), StringComparison.Ordinal);
        Assert.Contains("denied by Tech Lead (jane@vision-to-code.com): Support calls", refused.AllText, StringComparison.Ordinal);
        Assert.Equal(0.5, (await bench.Session.World.Router.ReadAsync(Token)).Weights["blue"]);

        // A move that has begun is seen by the decider instead.
        await bench.AppendAsync(new TrafficMoving(new Dictionary<string, double> { ["green"] = 0, ["blue"] = 1 }, null, "Cutover"));
        Assert.StartsWith("GatePassed", (await bench.RunAsync("Deny-RolloutGate Cutover -Role CTO -Context cto@vision-to-code.com -Reason late")).OnlyErrorId(), StringComparison.Ordinal);
    }

    [Theory(Timeout = Limit)]
    [InlineData("error-rate", "CanaryNoGo")]
    [InlineData("metrics-down", "CanaryUndecided")]
    public async Task A_stage_does_not_begin_when_the_one_before_can_no_longer_be_shown_to_be_good(string name, string id)
    {
        await using var bench = await StageAsync(plan => plan with { Canary = plan.Canary with { Stages = [new PlanStage(0.25, TimeSpan.FromMinutes(10)), new PlanStage(0.5, TimeSpan.FromMinutes(10))] } });
        await cluster.Process.AdvanceAsync(TimeSpan.FromHours(1), Token);
        var fault = await cluster.Process.AddFaultAsync(new JsonObject { ["name"] = name, ["target"] = name == "error-rate" ? new JsonObject { ["version"] = "v1.1.0" } : null, ["magnitude"] = name == "error-rate" ? 0.05 : null }, Token);
        ModuleResult refused;
        try
        {
            if (name == "error-rate") await cluster.Process.AdvanceAsync(TimeSpan.FromMinutes(10), Token);
            refused = await bench.RunAsync("Step-Canary 50");
        }
        finally
        {
            await cluster.Process.RemoveFaultAsync((string)fault["id"]!, Token);
        }

        Assert.StartsWith(id, refused.OnlyErrorId(), StringComparison.Ordinal);
        Assert.Equal(0.25, (await bench.Session.World.Router.ReadAsync(Token)).Weights["blue"]);
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
