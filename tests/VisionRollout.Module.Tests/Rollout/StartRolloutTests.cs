using VisionRollout.Core.Journal;
using VisionRollout.Module.Tests.World;

namespace VisionRollout.Module.Tests.Rollout;

[Collection(nameof(ClusterOfRollouts))]
public sealed class StartRolloutTests(ClusterOfRollouts cluster)
{
    private const int Limit = 120_000;

    [Fact(Timeout = Limit)]
    public async Task A_rollout_that_was_rolled_back_is_begun_again_on_purpose_only()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster);
        await bench.StartAsync();
        await bench.RunAsync("Undo-Rollout -Reason 'Wrong totals' -Confirm:$false");

        await using var again = await bench.SecondAsync();
        var refused = await again.RunAsync("Start-Rollout v1.1.0");
        Assert.StartsWith("RolloutEnded", refused.OnlyErrorId(), StringComparison.Ordinal);
        Assert.Contains("Wrong totals", refused.AllText, StringComparison.Ordinal);
        Assert.Contains("-NewAttempt", refused.AllText, StringComparison.Ordinal);
        // The runbook's exit code is that of the rollout that has ended.
        Assert.Equal(("RolledBack", 3), await PhaseTests.StatusAsync(again));
        Assert.Single((await bench.JournalAsync()).OfType<RolloutStarted>());

        var begun = await again.RunAsync("Start-Rollout v1.1.0 -NewAttempt");
        Assert.Equal("Running", Assert.Single(begun.As<RolloutInfo>()).Status);
        Assert.Equal(2, (await again.RunAsync("Get-Rollout -All")).Output.Count);
    }

    [Fact(Timeout = Limit)]
    public async Task On_another_day_or_with_another_version_it_begins_by_itself()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster);
        await bench.StartAsync();
        await bench.RunAsync("Undo-Rollout -Confirm:$false");
        var other = await bench.RunAsync("Start-Rollout v1.2.0");
        Assert.Equal("v1.2.0", Assert.Single(other.As<RolloutInfo>()).Version);
        await bench.RunAsync("Undo-Rollout -Confirm:$false");
        var tomorrow = await bench.RunAsync("Start-Rollout v1.2.0 -Day 2026-12-24");
        Assert.Equal("Prepared", Assert.Single(tomorrow.As<RolloutInfo>()).Status);
    }

    [Fact(Timeout = Limit)]
    public async Task Days_ahead_it_is_prepared_and_on_the_day_it_begins_with_what_was_confirmed_and_sent()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster);
        var today = await bench.Session.NowAsync(TestContext.Current.CancellationToken);
        await bench.RunAsync($"Start-Rollout v1.1.0 -Day {today.AddDays(2):yyyy-MM-dd}; Confirm-RolloutChecklist 'Team briefing' -All; Send-RolloutMessage CustomerNotice");
        Assert.Contains($"Maintenance Window: {today.AddDays(2):yyyy-MM-dd} 09:00", Assert.Single((await bench.JournalAsync()).OfType<MessageSent>()).Text, StringComparison.Ordinal);
        await bench.Session.Lease.ReleaseAsync();

        // The plan may still change; nothing was done by it.
        await using var later = await bench.SecondAsync(plan => plan with { Hash = "other" });
        var result = await later.RunAsync($"(Start-Rollout v1.1.0 -Day {today:yyyy-MM-dd}).Status; Confirm-RolloutChecklist 'Team briefing'; (Send-RolloutMessage CustomerNotice -PassThru).Sent");
        Assert.Empty(result.Errors);
        Assert.Equal(["Running", false], result.As<object>()); // nothing of the checklist was open, and the notice is not sent again
        Assert.Equal("other", (await later.JournalAsync()).OfType<RolloutStarted>().Last().PlanHash);
    }

    [Fact(Timeout = Limit)]
    public async Task Day_one_is_confirmed_after_the_sign_off_from_a_fresh_shell()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster);
        await bench.StartAsync();
        await bench.AppendAsync(new RolloutCompleted(RolloutOutcome.Succeeded, "done"));
        await bench.Session.Lease.ReleaseAsync();
        await using var fresh = await bench.SecondAsync();
        Assert.Equal(4, (await fresh.RunAsync("Confirm-RolloutChecklist 'Metrics review' -All")).As<ChecklistConfirmed>().Count);
        Assert.Equal(4, (await fresh.JournalAsync()).OfType<ChecklistConfirmed>().Count());
    }

    [Fact(Timeout = Limit)]
    public async Task A_changed_plan_is_refused_unless_it_is_forced()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster);
        await bench.StartAsync();
        await bench.Session.Lease.ReleaseAsync();
        await using var changed = await bench.SecondAsync(plan => plan with { Hash = "other" });
        Assert.StartsWith("PlanChanged", (await changed.RunAsync("Start-Rollout v1.1.0")).OnlyErrorId(), StringComparison.Ordinal);
        Assert.Equal(1, Assert.Single((await changed.RunAsync("Start-Rollout v1.1.0 -Force")).As<RolloutInfo>()).Resumes);
    }

    [Fact(Timeout = Limit)]
    public async Task A_stop_that_did_not_come_to_its_end_is_finished_by_the_next_start()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster);
        await bench.DeployAsync();
        await bench.StartAsync();
        await bench.RunAsync("Start-Canary 5");
        await bench.AppendAsync(new StopRequested("ops", "Payments are failing"));
        await bench.Session.Lease.ReleaseAsync();

        await using var again = await bench.SecondAsync();
        var result = await again.RunAsync("Start-Rollout v1.1.0");
        Assert.StartsWith("RolloutStopped", result.OnlyErrorId(), StringComparison.Ordinal);
        Assert.Equal(("Stopped", 4), await PhaseTests.StatusAsync(again));
        Assert.Equal(1, (await again.RunAsync("Get-Traffic")).As<TrafficInfo>().Single(item => item.Colour == "green").Weight);
        Assert.StartsWith("RolloutEnded", (await again.RunAsync("Start-Rollout v1.1.0")).OnlyErrorId(), StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task A_second_shell_is_refused_while_the_first_one_lives()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster);
        await bench.StartAsync();
        await using var second = await bench.SecondAsync();
        Assert.StartsWith("LeaseHeld", (await second.RunAsync("Start-Rollout v1.1.0")).OnlyErrorId(), StringComparison.Ordinal);
    }
}
