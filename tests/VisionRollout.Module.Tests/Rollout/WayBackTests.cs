using System.Diagnostics;
using VisionRollout.Core.Journal;
using VisionRollout.Module.Tests.World;

namespace VisionRollout.Module.Tests.Rollout;

[Collection(nameof(ClusterOfRollouts))]
public sealed class WayBackTests(ClusterOfRollouts cluster)
{
    private const int Limit = 120_000;

    [Fact(Timeout = Limit)]
    public async Task An_emergency_stop_from_another_shell_moves_traffic_back_and_ends_a_waiting_phase_at_its_next_look()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster, PhaseTests.Tomorrow, realTime: true);
        await bench.DeployAsync();
        await bench.StartAsync();
        await bench.RunAsync("Start-Canary 5");
        var run = bench.Host.Start("Invoke-RolloutPhase Later { 'never' }");
        await run.UntilProgressAsync("Waiting for Later");

        await using var second = await bench.SecondAsync();
        var stop = await second.RunAsync("Stop-Rollout -Emergency -Reason 'Payments are failing'");
        var clock = Stopwatch.StartNew();
        var result = await run.ResultAsync();

        // One look a second, and the machine's own pace.
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(6));
        Assert.StartsWith("RolloutStopped", result.OnlyErrorId(), StringComparison.Ordinal);
        Assert.Contains("Payments are failing", result.AllText, StringComparison.Ordinal);
        Assert.Empty(stop.Errors);
        Assert.NotEmpty(Assert.Single(stop.As<RolledBack>()).Done[0]);
        var green = (await second.RunAsync("Get-Traffic")).As<TrafficInfo>().Single(item => item.Colour == "green");
        Assert.Equal((1, true), (green.Weight, green.IsLive));
        Assert.Equal(("Stopped", 4), await PhaseTests.StatusAsync(bench));

        // Again, from the same shell and from a fresh one.
        Assert.Empty((await second.RunAsync("Stop-Rollout -Emergency")).Errors);
        await using var third = await bench.SecondAsync();
        Assert.Empty((await third.RunAsync("Stop-Rollout -Emergency")).Errors);
    }

    [Fact(Timeout = Limit)]
    public async Task Undo_moves_traffic_back_twice_and_also_after_the_sign_off_from_a_fresh_shell()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster);
        await bench.DeployAsync();
        await bench.StartAsync();
        await bench.RunAsync("Switch-Traffic blue -Force -Confirm:$false");
        await bench.AppendAsync(new RolloutCompleted(RolloutOutcome.Succeeded, "signed off"));
        await bench.Session.Lease.ReleaseAsync();

        await using var fresh = await bench.SecondAsync();
        var first = await fresh.RunAsync("Undo-Rollout -Reason 'Wrong totals' -Confirm:$false");
        Assert.Empty(first.Errors);
        Assert.Contains("green", Assert.Single(first.As<RolledBack>()).Done[0], StringComparison.Ordinal);
        Assert.Equal(1, (await fresh.RunAsync("Get-Traffic")).As<TrafficInfo>().Single(item => item.Colour == "green").Weight);
        Assert.Equal(("RolledBack", 3), await PhaseTests.StatusAsync(fresh));

        Assert.Empty((await fresh.RunAsync("Undo-Rollout -Confirm:$false")).Errors);
        Assert.StartsWith("RolloutEnded", (await fresh.RunAsync("Start-Rollout v1.1.0")).OnlyErrorId(), StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task A_way_back_compares_both_colours_and_tells_what_nobody_serves()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster);
        await bench.DeployAsync();
        await bench.StartAsync();
        await bench.RunAsync("Switch-Traffic blue -Force -Confirm:$false");
        try
        {
            // One service of the old colour is gone while the new one serves it: only a person takes it away.
            await bench.ScaleAsync("core-service", 0);
            var refused = await bench.RunAsync("Undo-Rollout -Confirm:$false");
            Assert.StartsWith("TrafficTargetNotReady", refused.OnlyErrorId(), StringComparison.Ordinal);
            Assert.Contains("core: nobody serves it in green", refused.AllText, StringComparison.Ordinal);
            Assert.Equal(("Running", 0), await PhaseTests.StatusAsync(bench)); // nothing was moved: it stands as it did

            // The new one is gone altogether: back it goes, whatever green lacks.
            foreach (var deployment in new[] { "business-service-blue", "core-service-blue", "swarm-service-blue", "development-service-blue" }) await bench.ScaleAsync(deployment, 0);
            var back = await bench.RunAsync("Undo-Rollout -Confirm:$false");
            Assert.Empty(back.Errors);
            Assert.Contains(Assert.Single(back.As<RolledBack>()).NotDone, text => text.StartsWith("core: nobody serves it in green (core-service has 0 of 0 pods ready), nor in blue", StringComparison.Ordinal));
            Assert.Equal(1, (await bench.RunAsync("Get-Traffic")).As<TrafficInfo>().Single(item => item.Colour == "green").Weight);
        }
        finally
        {
            foreach (var deployment in new[] { "core-service", "business-service-blue", "core-service-blue", "swarm-service-blue", "development-service-blue" }) await bench.ScaleAsync(deployment, 1);
        }
    }

    [Fact(Timeout = Limit)]
    public async Task A_way_back_that_is_refused_leaves_whoever_runs_the_rollout_at_work()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster);
        await bench.DeployAsync();
        await bench.StartAsync();
        await bench.RunAsync("Start-Canary 5");
        await using var second = await bench.SecondAsync();
        try
        {
            await bench.ScaleAsync("core-service", 0);
            Assert.StartsWith("TrafficTargetNotReady", (await second.RunAsync("Undo-Rollout -Confirm:$false")).OnlyErrorId(), StringComparison.Ordinal);
            Assert.Empty((await bench.JournalAsync()).OfType<RollbackRequested>());
            Assert.Equal("here", Assert.Single((await bench.RunAsync("Invoke-RolloutStep 'Next' { 'here' }")).Output).ToString());

            // Asked for by a shell that died before it came to the traffic: the next start says why it is not done, and the one after it goes on.
            await bench.AppendAsync(new RollbackRequested("ops", "Wrong totals", false));
            await bench.Session.Lease.ReleaseAsync();
            Assert.StartsWith("TrafficTargetNotReady", (await second.RunAsync("Start-Rollout v1.1.0")).OnlyErrorId(), StringComparison.Ordinal);
            Assert.Single((await bench.JournalAsync()).OfType<RollbackRefused>());
            Assert.Empty((await second.RunAsync("Start-Rollout v1.1.0")).Errors);
            Assert.Equal(("Running", 0), await PhaseTests.StatusAsync(second));

            // After a refusal the rollout belongs to whoever has its lease, as before.
            await bench.Session.Lease.AcquireAsync(takeOver: true, shell: null, TestContext.Current.CancellationToken);
            await Assert.ThrowsAsync<VisionRollout.Core.Leases.LeaseLostException>(() => second.Session.RecordAsync(new CanaryStageEnded(5, VisionRollout.Core.Evidence.Verdict.Go, "late"), TestContext.Current.CancellationToken));
        }
        finally
        {
            await bench.Session.Lease.ReleaseAsync();
            await second.Session.Lease.ForgetLostAsync(TestContext.Current.CancellationToken);
            await second.ScaleAsync("core-service", 1);
        }
    }

    [Fact(Timeout = Limit)]
    public async Task An_undo_from_another_shell_ends_the_runbook_and_nothing_moves_forward_any_more()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster, PhaseTests.Tomorrow, realTime: true);
        await bench.DeployAsync();
        await bench.StartAsync();
        var run = bench.Host.Start("Invoke-RolloutPhase Later { 'never' }");
        await run.UntilProgressAsync("Waiting for Later");
        await using var second = await bench.SecondAsync();
        Assert.Empty((await second.RunAsync("Undo-Rollout -Reason 'Wrong totals' -Confirm:$false")).Errors);

        var result = await run.ResultAsync();
        Assert.Empty(result.Output);
        Assert.StartsWith("RolloutEnded", result.OnlyErrorId(), StringComparison.Ordinal);
        foreach (var step in new[] { "Start-Canary 5", "Switch-Traffic blue -Force -Confirm:$false", "Invoke-RolloutStep 'Next' { 'never' }", "Get-RolloutService | Deploy-Service", "Complete-Rollout" })
            Assert.StartsWith("RolloutEnded", (await bench.RunAsync(step)).OnlyErrorId(), StringComparison.Ordinal);
        Assert.Equal(1, (await second.RunAsync("Get-Traffic")).As<TrafficInfo>().Single(item => item.Colour == "green").Weight);
    }

    [Fact(Timeout = Limit)]
    public async Task Without_any_rollout_there_is_nothing_to_stop_or_undo()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster);
        var before = await bench.OutsideAsync();
        foreach (var command in new[] { "Stop-Rollout -Emergency", "Undo-Rollout -Confirm:$false" })
            Assert.StartsWith("NoRollout", (await bench.RunAsync(command)).OnlyErrorId(), StringComparison.Ordinal);
        Assert.Equal(before, await bench.OutsideAsync());
    }

    [Fact(Timeout = Limit)]
    public async Task An_emergency_stop_works_after_the_sign_off_and_has_nothing_to_do_after_a_rollback()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster);
        await bench.StartAsync();
        await bench.AppendAsync(new RolloutCompleted(RolloutOutcome.Succeeded, "signed off"));
        await bench.Session.Lease.ReleaseAsync();
        await using var fresh = await bench.SecondAsync();
        Assert.Single((await fresh.RunAsync("Stop-Rollout -Emergency")).As<RolledBack>());

        await using var other = await RolloutBench.CreateAsync(cluster);
        await other.StartAsync();
        await other.RunAsync("Undo-Rollout -Confirm:$false");
        await using var second = await other.SecondAsync();
        Assert.StartsWith("NoRollout", (await second.RunAsync("Stop-Rollout -Emergency")).OnlyErrorId(), StringComparison.Ordinal);
    }

    [Theory(Timeout = Limit)]
    [InlineData("Stop-Rollout -Emergency")]
    [InlineData("Undo-Rollout -Confirm:$false")]
    public async Task What_is_only_prepared_for_a_later_day_does_not_hide_the_rollout_that_serves(string command)
    {
        await using var bench = await RolloutBench.CreateAsync(cluster);
        await bench.DeployAsync();
        await bench.StartAsync();
        await bench.RunAsync("Switch-Traffic blue -Force -Confirm:$false");
        await bench.AppendAsync(new RolloutCompleted(RolloutOutcome.Succeeded, "signed off"));
        await bench.Session.Lease.ReleaseAsync();
        var ahead = (await bench.Session.NowAsync(TestContext.Current.CancellationToken)).AddDays(7);
        await using var preparing = await bench.SecondAsync();
        Assert.Equal("Prepared", Assert.Single((await preparing.RunAsync($"Start-Rollout v1.2.0 -Day {ahead:yyyy-MM-dd}")).As<RolloutInfo>()).Status);
        await preparing.Session.Lease.ReleaseAsync();

        await using var fresh = await bench.SecondAsync();
        var back = await fresh.RunAsync(command);
        Assert.True(back.Failure is null && back.Errors.Count == 0, back.AllText);
        Assert.Equal("green", (await fresh.Session.World.Router.ReadAsync(TestContext.Current.CancellationToken)).LiveColour);
        var all = (await fresh.RunAsync("Get-Rollout -All")).As<RolloutInfo>().ToDictionary(info => info.Version, info => info.Status);
        Assert.Equal(("RolledBack", "Prepared"), (all["v1.1.0"], all["v1.2.0"]));
    }

    [Theory(Timeout = Limit)]
    [InlineData("Start-Rollout v1.3.0 -WhatIf -Force -NewAttempt")]
    [InlineData("Switch-Traffic blue -Force -WhatIf")]
    [InlineData("Start-Canary 5 -WhatIf")]
    [InlineData("Stop-Rollout -Emergency -WhatIf")]
    [InlineData("Undo-Rollout -IncludeSchema -WhatIf")]
    [InlineData("Get-RolloutService | Deploy-Service -WhatIf")]
    [InlineData("Protect-Environment green -WhatIf")]
    [InlineData("Send-RolloutMessage Started -WhatIf")]
    [InlineData("Confirm-RolloutChecklist 'Team briefing' -All -WhatIf")]
    [InlineData("Approve-RolloutGate Canary -Role 'Tech Lead' -WhatIf; Deny-RolloutGate Canary -Role 'Tech Lead' -Reason x -WhatIf")]
    [InlineData("Complete-Rollout -WhatIf")]
    public async Task WhatIf_writes_nothing_anywhere(string command)
    {
        await using var bench = await RolloutBench.CreateAsync(cluster);
        await bench.DeployAsync();
        await bench.StartAsync();
        await bench.Session.Lease.ReleaseAsync();
        await using var second = await bench.SecondAsync();
        var before = await bench.OutsideAsync();
        var result = await second.RunAsync(command);
        Assert.True(result.Errors.Count == 0 && result.Failure is null, result.AllText);
        Assert.Equal(before, await bench.OutsideAsync());
    }
}
