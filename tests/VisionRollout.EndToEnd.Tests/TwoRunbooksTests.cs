namespace VisionRollout.EndToEnd.Tests;

/// <summary>Two runbooks for one environment: one writer at a time, always.</summary>
public sealed class TwoRunbooksTests
{
    private const int Limit = 1_200_000;

    [Fact(Timeout = Limit)]
    public async Task One_that_was_paused_past_its_lease_wakes_and_writes_nothing()
    {
        var token = TestContext.Current.CancellationToken;
        await using var runbook = await RunbookRun.PrepareAsync(token);
        await using var first = runbook.Start();
        Assert.True(await first.ReachesAsync(runbook.Folder, "Canary", 6, token), first.Story);
        await first.PauseAsync();
        var paused = JournalView.Read(runbook.Folder).Records;
        var writer = Writer(paused[^1]);

        await using var second = runbook.Start();
        Assert.True(await Appears.WhenAsync(() => JournalView.Follow(runbook.Folder)().Records.Skip(paused.Count).Any(IsStepOfTheOther), () => second.HasEnded, token), second.Story);
        await first.WakeAsync();
        var code = await first.WaitAsync(token);
        Assert.True(code == 1, $"exit code {code}\n{first.Story}");
        Assert.Contains("no longer runs the rollout", first.Story, StringComparison.Ordinal);
        code = await second.WaitAsync(token);
        Assert.True(code == 0, $"exit code {code}\n{second.Story}");

        var journal = JournalView.Read(runbook.Folder);
        Assert.All(journal.Records.Skip(paused.Count), record => Assert.NotEqual(writer, Writer(record)));
        Assert.Empty(journal.Of("phase-failed"));
        InterruptionTests.AssertOnce(journal);
        var world = await runbook.InspectAsync(token);
        world.AssertServedBy("blue", "green");
        Assert.DoesNotContain(world.Chat, text => text.Contains("🔴", StringComparison.Ordinal));

        bool IsStepOfTheOther(JsonObject record) => Writer(record) != writer && JournalView.Kind(JournalView.Entry(record)) == "step-started";
    }

    [Fact(Timeout = Limit)]
    public async Task Of_two_that_start_together_one_runs_and_the_other_says_who_does()
    {
        var token = TestContext.Current.CancellationToken;
        await using var runbook = await RunbookRun.PrepareAsync(token);
        await using var one = runbook.Start();
        await using var other = runbook.Start();
        Assert.True(await Appears.WhenAsync(() => one.HasEnded || other.HasEnded, () => false, token));
        var (refused, running) = one.HasEnded ? (one, other) : (other, one);
        var code = await refused.WaitAsync(token);
        Assert.True(code == 1, $"exit code {code}\n{refused.Story}");
        Assert.Contains(Environment.MachineName, refused.Story, StringComparison.Ordinal);
        Assert.True(await running.ReachesAsync(runbook.Folder, "Database", 3, token), running.Story);
        Assert.Single(JournalView.Read(runbook.Folder).Records.Select(Writer).Distinct());
        await running.KillAsync();
    }

    private static string Writer(JsonObject record) => (string)record["by"]!;
}
