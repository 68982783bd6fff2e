using VisionRollout.Core.Evidence;
using VisionRollout.Core.Journal;
using VisionRollout.Core.Plan;
using VisionRollout.Module.Tests.Rollout;
using VisionRollout.Module.Tests.World;

namespace VisionRollout.Module.Tests.Gate;

[Collection(nameof(ClusterOfRollouts))]
public sealed class GateTests(ClusterOfRollouts cluster)
{
    private const int Limit = 120_000;

    [Fact(Timeout = Limit)]
    public async Task Approvals_from_another_shell_open_the_gate_that_waits_for_them()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster, plan => With(plan, TimeSpan.FromHours(12), UndecidedAction.Hold));
        await bench.StartAsync();
        await using var second = await bench.SecondAsync();
        Assert.Empty((await second.RunAsync("Approve-RolloutGate Canary -Role 'tech lead' -Context jane@vision-to-code.com")).Errors);
        var run = bench.Host.Start("Test-RolloutGate Canary -Wait");
        await bench.UntilRecordedAsync<GateOpened>();
        var approval = await second.RunAsync("Approve-RolloutGate Canary -Role 'DevOps Lead' -Context bob@vision-to-code.com -Comment 'Looks good' -PassThru");
        var decided = Assert.Single((await run.ResultAsync()).As<GateResult>());

        Assert.Equal((Verdict.Go, true), (decided.Verdict, decided.Decided));
        Assert.Equal("DevOps Lead", Assert.Single(approval.As<GateApproved>()).Role);
        Assert.Equal(Verdict.Go, Assert.Single((await bench.JournalAsync()).OfType<GateDecided>()).Verdict);
        // Decided is decided: it is not opened again.
        Assert.True(Assert.Single((await bench.RunAsync("Test-RolloutGate Canary -Wait")).As<GateResult>()).Decided);
        Assert.Single((await bench.JournalAsync()).OfType<GateOpened>());
    }

    [Fact(Timeout = Limit)]
    public async Task A_denial_rolls_back_through_the_phase()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster, plan => With(plan, TimeSpan.FromHours(12), UndecidedAction.Hold));
        await bench.StartAsync();
        await bench.RunAsync("Deny-RolloutGate Canary -Role 'DevOps Lead' -Context bob@vision-to-code.com -Reason 'Not today'");
        var result = await bench.RunAsync("Invoke-RolloutPhase Canary -NoWait { Invoke-RolloutStep 'Gate' { Test-RolloutGate Canary -Wait } }");
        Assert.StartsWith("RolloutRolledBack", result.OnlyErrorId(), StringComparison.Ordinal);
        Assert.Contains("Not today", result.AllText, StringComparison.Ordinal);
        Assert.Equal(("RolledBack", 3), await PhaseTests.StatusAsync(bench));
    }

    [Theory(Timeout = Limit)]
    [InlineData(UndecidedAction.Hold, "RolloutHeld", "Held", 5)]
    [InlineData(UndecidedAction.Extend, "RolloutHeld", "Held", 5)]
    [InlineData(UndecidedAction.RollBack, "RolloutRolledBack", "RolledBack", 3)]
    public async Task A_gate_that_nobody_decides_does_at_its_deadline_what_the_plan_says(UndecidedAction action, string error, string status, int exit)
    {
        await using var bench = await RolloutBench.CreateAsync(cluster, plan => With(plan, TimeSpan.FromMinutes(2), action));
        await bench.StartAsync();
        var before = await bench.Session.NowAsync(TestContext.Current.CancellationToken);
        var result = await bench.RunAsync("Invoke-RolloutPhase Canary -NoWait { Invoke-RolloutStep 'Gate' { Test-RolloutGate Canary -Wait } }");
        var waited = await bench.Session.NowAsync(TestContext.Current.CancellationToken) - before;

        Assert.StartsWith(error, result.OnlyErrorId(), StringComparison.Ordinal);
        Assert.Equal((status, exit), await PhaseTests.StatusAsync(bench));
        Assert.True(waited >= TimeSpan.FromMinutes(action == UndecidedAction.Extend ? 4 : 2), $"{waited}");
        Assert.Equal(Verdict.Undecided, Assert.Single((await bench.JournalAsync()).OfType<GateDecided>()).Verdict);
    }

    [Fact(Timeout = Limit)]
    public async Task Approvals_of_another_plan_and_those_whose_time_has_passed_expire_and_the_deciders_are_told_again()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster, plan => With(plan, TimeSpan.FromMinutes(3), UndecidedAction.Hold));
        await bench.StartAsync();
        Assert.Empty((await bench.RunAsync("Approve-RolloutGate Canary -Role 'Tech Lead' -Context jane@vision-to-code.com; Approve-RolloutGate Canary -Role 'DevOps Lead' -Context bob@vision-to-code.com")).Errors);
        await using var changed = await bench.SecondAsync(plan => plan with { Hash = new string('f', 64) });
        Assert.Empty((await changed.RunAsync("Approve-RolloutGate Canary -Role 'Tech Lead' -Context jane@vision-to-code.com -ValidFor 0:01:00")).Errors);
        Assert.StartsWith("GateNotGo", (await changed.RunAsync("Test-RolloutGate Canary -Wait")).OnlyErrorId(), StringComparison.Ordinal);

        var journal = await bench.JournalAsync();
        var expired = journal.OfType<ApprovalsExpired>().Select(entry => entry.Reason).ToList();
        Assert.Equal(2, expired.Count);
        Assert.Equal("the plan has changed since Tech Lead approved", expired[0]);
        Assert.StartsWith("the approval of Tech Lead held until ", expired[1], StringComparison.Ordinal);
        var told = journal.OfType<MessageSent>().Where(message => message.Name == "GateWaiting").Select(message => message.Text).ToList();
        Assert.Equal(2, told.Count);
        Assert.Contains("gate Canary, DevOps Lead; earlier approvals have expired: the plan has changed", told[0], StringComparison.Ordinal);
        Assert.Contains("gate Canary, Tech Lead, DevOps Lead; earlier approvals have expired: the approval of Tech Lead held", told[1], StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task A_gate_that_a_crash_left_open_keeps_its_deadline()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster, plan => With(plan, TimeSpan.FromHours(12), UndecidedAction.Hold));
        await bench.StartAsync();
        await bench.AppendAsync(new GateOpened("Canary", Verdict.Undecided, [], await bench.Session.NowAsync(TestContext.Current.CancellationToken) + TimeSpan.FromMinutes(1)));
        Assert.StartsWith("GateNotGo", (await bench.RunAsync("Test-RolloutGate Canary -Wait")).OnlyErrorId(), StringComparison.Ordinal);
        Assert.Single((await bench.JournalAsync()).OfType<GateOpened>());
    }

    [Fact(Timeout = Limit)]
    public async Task Who_is_not_the_plans_person_cannot_decide()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster);
        await bench.StartAsync();
        var before = await bench.OutsideAsync();
        foreach (var command in new[] { "Approve-RolloutGate Canary -Role 'Tech Lead'", "Deny-RolloutGate Canary -Role 'Tech Lead' -Reason x", "Approve-RolloutGate Canary -Role 'Tech Lead' -Context bob@vision-to-code.com" })
        {
            var result = await bench.RunAsync(command);
            Assert.StartsWith("IdentityMismatch", result.OnlyErrorId(), StringComparison.Ordinal);
            Assert.Contains("jane@vision-to-code.com", result.AllText, StringComparison.Ordinal);
        }

        Assert.StartsWith("NotADecider", (await bench.RunAsync("Approve-RolloutGate Canary -Role CTO")).OnlyErrorId(), StringComparison.Ordinal);
        Assert.StartsWith("GateNotFound", (await bench.RunAsync("Approve-RolloutGate Canery -Role CTO")).OnlyErrorId(), StringComparison.Ordinal);
        Assert.Equal(before, await bench.OutsideAsync());
    }

    [Fact(Timeout = Limit)]
    public async Task One_person_has_one_vote_whatever_their_roles()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster, plan => With(plan, TimeSpan.FromMinutes(1), UndecidedAction.Hold) with { Contacts = [.. plan.Contacts.Select(contact => contact with { Identity = "jane@vision-to-code.com" })] });
        await bench.StartAsync();
        Assert.Empty((await bench.RunAsync("Approve-RolloutGate Canary -Role 'Tech Lead' -Context jane@vision-to-code.com")).Errors);
        var second = await bench.RunAsync("Approve-RolloutGate Canary -Role 'DevOps Lead' -Context jane@vision-to-code.com");
        Assert.StartsWith("SecondRole", second.OnlyErrorId(), StringComparison.Ordinal);
        // Somebody writes it into the journal all the same: it doesn't open the gate.
        await bench.AppendAsync(new GateApproved("Canary", "DevOps Lead", "jane@vision-to-code.com", "", bench.Plan.Hash, null));
        var gate = Assert.Single((await bench.RunAsync("Test-RolloutGate Canary")).As<GateResult>());
        Assert.Equal((Verdict.Undecided, "DevOps Lead"), (gate.Deciders, Assert.Single(gate.Missing)));
        // One decider is enough for the cutover.
        Assert.Empty((await bench.RunAsync("Approve-RolloutGate Cutover -Role CTO -Context jane@vision-to-code.com; Approve-RolloutGate Cutover -Role 'VP Engineering' -Context jane@vision-to-code.com")).Errors);
    }

    [Fact(Timeout = Limit)]
    public async Task A_role_that_is_a_group_is_for_its_members_and_one_without_identity_for_nobody()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster, plan => plan with
        {
            Contacts = [.. plan.Contacts.Select(contact => contact with { Identity = contact.Role switch { "CTO" => "group:system:masters", "Tech Lead" => null, _ => contact.Identity } })],
        });
        await bench.StartAsync();
        Assert.Empty((await bench.RunAsync("Approve-RolloutGate Cutover -Role CTO")).Errors); // this shell is an administrator's
        Assert.StartsWith("IdentityMismatch", (await bench.RunAsync("Approve-RolloutGate Cutover -Role CTO -Context jane@vision-to-code.com")).OnlyErrorId(), StringComparison.Ordinal);
        Assert.StartsWith("IdentityUnknown", (await bench.RunAsync("Approve-RolloutGate Canary -Role 'Tech Lead'")).OnlyErrorId(), StringComparison.Ordinal);
        Assert.StartsWith("KubeConfigInvalid", (await bench.RunAsync("Approve-RolloutGate Cutover -Role CTO -Context nobody")).OnlyErrorId(), StringComparison.Ordinal);
    }

    // The canary's gate asks for nothing but its deciders and the alerts.
    private static RolloutPlan With(RolloutPlan plan, TimeSpan deadline, UndecidedAction action) => plan with
    {
        Timeline = [.. plan.Timeline.SkipWhile(phase => phase.Name != "Canary")],
        Gates = [.. plan.Gates.Select(gate => gate.Name == "Canary" ? gate with { Deadline = deadline, WhenUndecided = action, Criteria = [new PlanGateCriterion(GateCriteria.CriticalAlerts, null)] } : gate)],
    };
}
