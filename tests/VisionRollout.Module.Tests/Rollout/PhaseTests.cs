using System.Management.Automation;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Journal;
using VisionRollout.Core.Plan;
using VisionRollout.Module.Tests.World;

namespace VisionRollout.Module.Tests.Rollout;

[Collection(nameof(ClusterOfRollouts))]
public sealed class PhaseTests(ClusterOfRollouts cluster)
{
    private const int Limit = 120_000;

    [Fact(Timeout = Limit)]
    public async Task A_completed_phase_is_not_run_again()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster);
        await bench.StartAsync();
        var result = await bench.RunAsync("Invoke-RolloutPhase Preparation -NoWait { 'once' }; Invoke-RolloutPhase Preparation -NoWait { 'twice' }");
        Assert.Equal(["once"], result.As<string>());
        Assert.Single((await bench.JournalAsync()).OfType<PhaseStarted>());
    }

    [Fact(Timeout = Limit)]
    public async Task A_held_phase_goes_on_where_it_stopped()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster);
        await bench.StartAsync();
        await bench.RunAsync("Invoke-RolloutPhase Preparation -NoWait { Invoke-RolloutStep 'A' { 'a' }; Invoke-RolloutStep 'B' { throw 'not yet' } }");
        var result = await bench.RunAsync("Invoke-RolloutPhase Preparation -NoWait { Invoke-RolloutStep 'A' { throw 'again' }; Invoke-RolloutStep 'B' { 'b' } }");
        Assert.Null(result.Failure);
        Assert.Equal(["a", "b"], result.As<string>());
        Assert.Equal(("Running", 0), await StatusAsync(bench));
    }

    [Fact(Timeout = Limit)]
    public async Task A_phase_starts_only_when_those_before_it_are_done()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster);
        await bench.StartAsync();
        var early = await bench.RunAsync("Invoke-RolloutPhase Database -NoWait { 'too early' }");
        Assert.StartsWith("PhaseOutOfOrder", early.OnlyErrorId(), StringComparison.Ordinal);
        Assert.Contains("'Preparation' was not started", early.AllText, StringComparison.Ordinal);
        await bench.RunAsync("Invoke-RolloutPhase Preparation -NoWait { throw 'not yet' }");
        var held = await bench.RunAsync("Invoke-RolloutPhase Database -NoWait { 'too early' }");
        Assert.StartsWith("PhaseOutOfOrder", held.OnlyErrorId(), StringComparison.Ordinal);
        Assert.Contains("'Preparation' is held (not yet)", held.AllText, StringComparison.Ordinal);
        Assert.Empty(early.Output.Concat(held.Output));
        Assert.DoesNotContain((await bench.JournalAsync()).OfType<PhaseStarted>(), entry => entry.Phase == "Database");
        Assert.Equal(["now"], (await bench.RunAsync("Invoke-RolloutPhase Preparation -NoWait { }; Invoke-RolloutPhase Database -NoWait { 'now' }")).As<string>());
    }

    [Fact(Timeout = Limit)]
    public async Task A_step_inside_a_step_is_refused()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster);
        await bench.StartAsync();
        var result = await bench.RunAsync("Invoke-RolloutStep 'Outer' { Invoke-RolloutStep 'Inner' { 'x' } }");
        Assert.Contains("StepNested", result.AllText, StringComparison.Ordinal);
        Assert.Empty((await bench.JournalAsync()).OfType<StepCompleted>());
    }

    [Fact(Timeout = Limit)]
    public async Task Without_a_rollout_a_phase_is_a_clear_error()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster);
        var result = await bench.RunAsync("Invoke-RolloutPhase Preparation -NoWait { 'x' }; Invoke-RolloutPhase Preperation { 'y' }");
        Assert.Equal(2, result.Errors.Count);
        Assert.StartsWith("NoRollout", result.Errors[0].FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("Preparation", result.Errors[1].ErrorDetails.Message, StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }

    [Fact(Timeout = Limit)]
    public async Task A_phase_begins_at_its_planned_time_and_not_before()
    {
        var now = await cluster.Process.NowAsync(TestContext.Current.CancellationToken);
        var start = TimeOnly.FromDateTime(now.UtcDateTime.AddMinutes(20));
        await using var bench = await RolloutBench.CreateAsync(cluster, plan => plan with { Timeline = [new PlanPhase { Name = "Later", Start = start, Duration = TimeSpan.FromMinutes(5) }] });
        await bench.StartAsync();
        var result = await bench.RunAsync("Invoke-RolloutPhase Later { 'begun' }");
        Assert.Null(result.Failure);
        Assert.Equal(["begun"], result.As<string>());
        Assert.True(await bench.Session.NowAsync(TestContext.Current.CancellationToken) >= new DateTimeOffset(DateOnly.FromDateTime(now.UtcDateTime).ToDateTime(start), TimeSpan.Zero));
        Assert.Equal(start, TimeOnly.FromDateTime(Assert.Single((await bench.JournalAsync()).OfType<PhaseStarted>()).PlannedStart!.Value.UtcDateTime));
    }

    [Fact(Timeout = Limit)]
    public async Task A_trigger_of_the_risk_matrix_carries_out_its_contingency_and_ends_the_rollout()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster);
        await bench.StartAsync();
        var result = await bench.RunAsync("param($cause) Invoke-RolloutPhase Preparation -NoWait { Invoke-RolloutStep 'Judge' { throw $cause } }; Invoke-RolloutPhase Database -NoWait { 'never' }", Slow());
        Assert.StartsWith("RolloutRolledBack", result.Errors[0].FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Empty(result.Output);
        Assert.StartsWith("RolloutEnded", result.Errors[^1].FullyQualifiedErrorId, StringComparison.Ordinal);
        var entries = await bench.JournalAsync();
        Assert.Equal(("latency", "Performance degradation"), (entries.OfType<PhaseFailed>().Single().Trigger, entries.OfType<ContingencyStarted>().Single().Risk));
        Assert.True(entries.OfType<ContingencyCompleted>().Single().Succeeded);
        Assert.Equal(RolloutOutcome.RolledBack, entries.OfType<RolloutCompleted>().Single().Outcome);
        Assert.Single(entries.OfType<RolledBack>());
        Assert.Equal(("RolledBack", 3), await StatusAsync(bench));
    }

    [Fact(Timeout = Limit)]
    public async Task An_interrupted_contingency_is_finished_on_the_next_start()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster);
        await bench.StartAsync();
        await bench.AppendAsync(new PhaseStarted("Preparation", null, null), new PhaseFailed("Preparation", "slow", "latency"), new ContingencyStarted("Performance degradation", "Immediate rollback", "latency", "slow"));
        await bench.Session.Lease.ReleaseAsync();

        await using var again = await bench.SecondAsync();
        var result = await again.RunAsync("$null = Start-Rollout v1.1.0; Invoke-RolloutPhase Preparation -NoWait { 'never' }");
        Assert.Empty(result.Output);
        Assert.StartsWith("RolloutRolledBack", result.OnlyErrorId(), StringComparison.Ordinal);
        Assert.Contains(result.Warnings, warning => warning.Message.Contains("interrupted", StringComparison.Ordinal));
        Assert.Equal(("RolledBack", 3), await StatusAsync(again));
    }

    [Fact(Timeout = Limit)]
    public async Task Ctrl_C_in_a_waiting_phase_ends_it_soon_and_the_journal_resumes()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster, Tomorrow, realTime: true);
        await bench.StartAsync();
        var run = bench.Host.Start("Invoke-RolloutStep 'Before' { 'done' }; Invoke-RolloutPhase Later { 'never' }");
        await run.OutputCountAsync(1);
        await run.UntilProgressAsync("Waiting for Later");
        await run.StopWithinAsync(TimeSpan.FromSeconds(4));
        Assert.IsType<PipelineStoppedException>((await run.ResultAsync()).Failure);
        await bench.Session.Lease.ReleaseAsync();

        await using var again = await bench.SecondAsync();
        var result = await again.RunAsync("$null = Start-Rollout v1.1.0; Invoke-RolloutStep 'Before' { throw 'again' }; Invoke-RolloutPhase Later -NoWait { 'begun' }");
        Assert.Empty(result.Errors);
        Assert.Equal(["done", "begun"], result.As<string>());
    }

    internal static RolloutException Slow() => new("CanaryNoGo", RolloutErrorKind.Failed, "The new version is slow.", "", 5) { Trigger = "latency" };

    /// <summary>A plan whose one phase begins as late on the day as possible.</summary>
    internal static RolloutPlan Tomorrow(RolloutPlan plan) => plan with { Timeline = [new PlanPhase { Name = "Later", Start = new TimeOnly(23, 59, 59), Duration = TimeSpan.FromSeconds(1) }] };

    internal static async Task<(string Status, int ExitCode)> StatusAsync(RolloutBench bench)
    {
        var info = Assert.Single((await bench.RunAsync("Get-Rollout")).As<RolloutInfo>());
        return (info.Status, info.ExitCode);
    }
}
