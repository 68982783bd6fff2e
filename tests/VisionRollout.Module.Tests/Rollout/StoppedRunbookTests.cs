using VisionRollout.Core.Journal;
using VisionRollout.Module.Tests.World;

namespace VisionRollout.Module.Tests.Rollout;

/// <summary>A runbook that somebody else stops, takes back or takes over.</summary>
[Collection(nameof(ClusterOfShells))]
public sealed class StoppedRunbookTests(ClusterOfShells cluster)
{
    private const int Limit = 120_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Timeout = Limit)]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task A_runbook_that_waits_puts_traffic_back_itself_when_whoever_stops_it_dies(bool undo, bool withTheLease)
    {
        await using var bench = await CanaryAsync(later: true);
        var run = bench.Host.Start("Invoke-RolloutPhase Later { 'never' }");
        await run.UntilProgressAsync("Waiting for Later");
        await using var second = await bench.SecondAsync();
        if (withTheLease) await second.Session.Lease.AcquireAsync(takeOver: true, shell: null, Token);
        await second.AppendAsync(undo ? new RollbackRequested("ops", "Payments are failing", false) : new StopRequested("ops", "Payments are failing"));
        await second.Session.Lease.ReleaseAsync();
        var result = await run.ResultAsync();
        Assert.StartsWith(undo ? "RolloutEnded" : "RolloutStopped", result.OnlyErrorId(), StringComparison.Ordinal);
        Assert.Equal(1, (await bench.Session.World.Router.ReadAsync(Token)).Weights["green"]);
    }

    [Fact(Timeout = Limit)]
    public async Task A_stop_that_moves_no_traffic_is_not_told_as_done()
    {
        await using var bench = await CanaryAsync();
        await using var second = await bench.SecondAsync();
        try
        {
            await bench.ScaleAsync("core-service", 0);
            Assert.StartsWith("TrafficTargetNotReady", (await second.RunAsync("Stop-Rollout -Emergency")).OnlyErrorId(), StringComparison.Ordinal);
            Assert.Equal(("Stopping", 5), await PhaseTests.StatusAsync(bench));
            Assert.Equal(0.05, (await bench.Session.World.Router.ReadAsync(Token)).Weights["blue"], 1e-9);

            // The lease is free again; who decides that the old version serves all the same has it done, and the next start knows.
            Assert.Empty((await second.RunAsync("Stop-Rollout -Emergency -Force")).Errors);
            Assert.True((await bench.JournalAsync()).OfType<StopRequested>().Last().Force);
            Assert.Equal(("Stopped", 4), await PhaseTests.StatusAsync(second));
        }
        finally
        {
            await second.Session.Lease.ReleaseAsync();
            await bench.Session.Lease.ForgetLostAsync(Token);
            await bench.ScaleAsync("core-service", 1);
        }
    }

    [Fact(Timeout = Limit)]
    public async Task A_runbook_whose_rollout_goes_on_elsewhere_is_not_held_and_records_nothing()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster);
        await bench.StartAsync();
        using var isTaken = new ManualResetEventSlim();
        var run = await SleepAsync(bench, isTaken);
        await using var second = await bench.SecondAsync();
        await second.Session.Lease.AcquireAsync(takeOver: true, shell: null, Token);
        isTaken.Set();
        Assert.StartsWith("LeaseLost", (await run.ResultAsync()).OnlyErrorId(), StringComparison.Ordinal);
        Assert.Empty((await second.JournalAsync()).OfType<PhaseFailed>());
        Assert.Equal(("Running", 0), await PhaseTests.StatusAsync(second));
        Assert.Equal(1, (await second.Session.World.Router.ReadAsync(Token)).Weights["green"]);
    }

    [Fact(Timeout = Limit)]
    public async Task A_runbook_whose_lease_nobody_has_is_held_and_the_journal_says_so()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster);
        await bench.StartAsync();
        using var isTaken = new ManualResetEventSlim();
        var run = await SleepAsync(bench, isTaken);
        await TakeAndGiveBackAsync(bench);
        isTaken.Set();
        Assert.StartsWith("RolloutHeld", (await run.ResultAsync()).OnlyErrorId(), StringComparison.Ordinal);
        Assert.Single((await bench.JournalAsync()).OfType<PhaseFailed>());
        Assert.Equal(("Held", 5), await PhaseTests.StatusAsync(bench));
    }

    [Fact(Timeout = Limit)]
    public async Task A_runbook_whose_lease_is_gone_while_it_waits_is_held_too()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster, PhaseTests.Tomorrow, realTime: true);
        await bench.StartAsync();
        var run = bench.Host.Start("Invoke-RolloutPhase Later { 'never' }");
        await run.UntilProgressAsync("Waiting for Later");
        await TakeAndGiveBackAsync(bench);
        Assert.StartsWith("RolloutHeld", (await run.ResultAsync()).OnlyErrorId(), StringComparison.Ordinal);
        Assert.Equal(("Held", 5), await PhaseTests.StatusAsync(bench));
    }

    [Fact(Timeout = Limit)]
    public async Task A_runbook_that_wakes_when_another_one_has_signed_off_changes_nothing()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster);
        await bench.StartAsync();
        using var isTaken = new ManualResetEventSlim();
        var run = await SleepAsync(bench, isTaken);
        await TakeAndGiveBackAsync(bench);
        await bench.AppendAsync(new RolloutCompleted(RolloutOutcome.Succeeded, "signed off"));
        isTaken.Set();
        Assert.StartsWith("LeaseLost", (await run.ResultAsync()).OnlyErrorId(), StringComparison.Ordinal);
        Assert.Equal(("Succeeded", 0), await PhaseTests.StatusAsync(bench));
        Assert.Empty((await bench.JournalAsync()).OfType<PhaseFailed>());
    }

    [Fact(Timeout = Limit)]
    public async Task A_way_back_that_is_open_goes_before_a_stop_that_is_open_too()
    {
        await using var bench = await CanaryAsync();
        await bench.AppendAsync(new StopRequested("ops", "Payments are failing"), new RollbackRequested("ops", "Wrong totals", false));
        await bench.Session.Lease.ReleaseAsync();
        await using var again = await bench.SecondAsync();
        Assert.StartsWith("RolloutEnded", (await again.RunAsync("Start-Rollout v1.1.0")).OnlyErrorId(), StringComparison.Ordinal);
        Assert.Equal("Wrong totals", Assert.Single((await again.JournalAsync()).OfType<RolledBack>()).Reason);
        Assert.Equal(1, (await again.Session.World.Router.ReadAsync(Token)).Weights["green"]);
        Assert.Equal(("RolledBack", 3), await PhaseTests.StatusAsync(again));
    }

    [Fact(Timeout = Limit)]
    public async Task A_stop_after_a_move_back_that_was_not_confirmed_is_not_told_as_done()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster);
        await bench.StartAsync();
        Dictionary<string, double> green = new() { ["green"] = 1, ["blue"] = 0 }, canary = new() { ["green"] = 0.95, ["blue"] = 0.05 };
        await bench.AppendAsync(new TrafficMoving(canary, "blue", "Canary 5 %"), new TrafficMoving(green, null, "Back"), new StopRequested("ops", "Wrong totals"));
        Assert.Equal(("Stopping", 5), await PhaseTests.StatusAsync(bench));
    }

    [Fact(Timeout = Limit)]
    public async Task A_way_back_that_is_refused_holds_the_runbook_and_the_journal_says_so()
    {
        await using var bench = await CanaryAsync(later: true);
        await bench.ScaleAsync("core-service", 0);
        try
        {
            var run = bench.Host.Start("$VerbosePreference = 'Continue'; Invoke-RolloutPhase Later { 'never' }");
            await run.UntilProgressAsync("Waiting for Later");
            await bench.AppendAsync(new RollbackRequested("ops", "Wrong totals", false));
            while (!run.Verbose.ToArray().Any(line => line.Message.Contains("not moved back from here", StringComparison.Ordinal))) await Task.Delay(20, Token);
            await bench.AppendAsync(new RollbackRefused("core is not ready"));
            Assert.StartsWith("RolloutHeld", (await run.ResultAsync()).OnlyErrorId(), StringComparison.Ordinal);
            Assert.Equal(("Held", 5), await PhaseTests.StatusAsync(bench));
        }
        finally
        {
            await bench.ScaleAsync("core-service", 1);
        }
    }

    // Five per cent of the traffic go to the new version; where the plan's only phase is later, by the machine's clock.
    private async Task<RolloutBench> CanaryAsync(bool later = false)
    {
        var bench = later ? await RolloutBench.CreateAsync(cluster, PhaseTests.Tomorrow, realTime: true) : await RolloutBench.CreateAsync(cluster);
        await bench.DeployAsync();
        await bench.StartAsync();
        await bench.RunAsync("Start-Canary 5");
        return bench;
    }

    // A runbook in a step that looks at nothing, and moves traffic when it wakes.
    private static async Task<ModuleRun> SleepAsync(RolloutBench bench, ManualResetEventSlim wakes)
    {
        var run = bench.Host.Start("param($wakes) Invoke-RolloutPhase Preparation -NoWait { Invoke-RolloutStep 'Sleep' { $wakes.Wait() }; Invoke-RolloutStep 'Move' { Switch-Traffic blue -Force -Confirm:$false } }", wakes);
        await bench.UntilRecordedAsync<StepStarted>();
        return run;
    }

    private static async Task TakeAndGiveBackAsync(RolloutBench bench)
    {
        await using var second = await bench.SecondAsync();
        await second.Session.Lease.AcquireAsync(takeOver: true, shell: null, Token);
    }
}
