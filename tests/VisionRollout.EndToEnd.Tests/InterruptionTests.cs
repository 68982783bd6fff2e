namespace VisionRollout.EndToEnd.Tests;

/// <summary>A runbook that was killed or interrupted is simply started again, and finishes the rollout.</summary>
public sealed class InterruptionTests
{
    private const int Limit = 1_200_000;
    private const int Interrupted = 130;
    private static readonly string[] Timeline = ["Preparation", "Database", "Blue Deploy", "Canary", "Cutover", "Validation", "Stabilization", "Complete"];

    [Theory(Timeout = Limit)]
    [InlineData(20261123)]
    public async Task Killed_in_every_phase_it_finishes_without_doing_a_completed_step_twice(int seed)
    {
        var token = TestContext.Current.CancellationToken;
        var random = new Random(seed);
        await using var runbook = await RunbookRun.PrepareAsync(token);
        List<string> killedIn = [];
        foreach (var phase in Timeline)
        {
            await using var host = runbook.Start();
            if (!await host.ReachesAsync(runbook.Folder, phase, random.Next(1, 8), token)) break; // It was faster than the kill.
            await host.KillAsync();
            killedIn.Add(phase);
        }

        Assert.True(killedIn.Count >= Timeline.Length - 1, $"killed only in {string.Join(", ", killedIn)}");
        await FinishAsync(runbook, token);
        var journal = JournalView.Read(runbook.Folder);
        Assert.InRange(journal.Of("rollout-resumed").Count(), Timeline.Length - 1, Timeline.Length + 1);
        AssertOnce(journal);
        await AssertEffectsAsync(runbook, journal, token);
    }

    [Fact(Timeout = Limit)]
    public async Task Ctrl_C_leaves_a_journal_that_resumes()
    {
        var token = TestContext.Current.CancellationToken;
        await using var runbook = await RunbookRun.PrepareAsync(token);
        await using (var host = runbook.Start())
        {
            Assert.True(await host.ReachesAsync(runbook.Folder, "Canary", 6, token), host.Story);
            var asked = System.Diagnostics.Stopwatch.StartNew();
            await host.InterruptAsync();
            var code = await host.WaitAsync(token);
            Assert.True(code == Interrupted, $"exit code {code}\n{host.Story}");
            // Two seconds is what a user may expect on a quiet machine; the tests share theirs.
            Assert.InRange(asked.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        }

        Assert.Empty(runbook.Folder.Leftovers());
        Assert.Empty(JournalView.Read(runbook.Folder).Of("phase-failed")); // An interruption is no failure: there is no contingency to carry out.
        Assert.Empty(JournalView.Read(runbook.Folder).Of("contingency-started"));
        await FinishAsync(runbook, token);
        var journal = JournalView.Read(runbook.Folder);
        Assert.Single(journal.Of("rollout-resumed"));
        AssertOnce(journal);
        (await runbook.InspectAsync(token)).AssertServedBy("blue", "green");
    }

    [Fact(Timeout = Limit)]
    public async Task Ctrl_C_ends_a_rehearsal_and_its_cluster()
    {
        var token = TestContext.Current.CancellationToken;
        using var folder = new WorkFolder();
        await using var host = HostRun.Start(folder, Repository.Rehearse, ["-ReportPath", folder.Reports, "-JournalPath", folder.Journals]);
        Assert.True(await host.ReachesAsync(folder, "Database", 3, token), host.Story);
        await host.InterruptAsync();
        Assert.Equal(Interrupted, await host.WaitAsync(token));
        Assert.NotEmpty(JournalView.Read(folder).Records);
        await Appears.WhenAsync(() => folder.Leftovers().Count == 0, () => token.IsCancellationRequested, token);
        Assert.Empty(folder.Leftovers());
    }

    private static async Task FinishAsync(RunbookRun runbook, CancellationToken token)
    {
        await using var host = runbook.Start();
        var code = await host.WaitAsync(token);
        Assert.True(code == 0, $"exit code {code}\n{host.Story}");
    }

    internal static void AssertOnce(JournalView journal)
    {
        HashSet<string> completed = [];
        foreach (var entry in journal.Records.Select(JournalView.Entry))
        {
            var kind = JournalView.Kind(entry);
            if (kind is not ("step-started" or "step-completed" or "phase-started" or "phase-completed")) continue;
            var name = $"{kind.Split('-')[0]} {entry["phase"]}/{entry["step"]}";
            Assert.DoesNotContain(name, completed); // neither started nor completed again
            if (kind.EndsWith("completed", StringComparison.Ordinal)) completed.Add(name);
        }

        Assert.Equal(Timeline, journal.Of("phase-completed").Select(entry => JournalView.Text(entry, "phase")));
        Assert.Equal("Succeeded", JournalView.Text(Assert.Single(journal.Of("rollout-completed")), "outcome"));
    }

    private static async Task AssertEffectsAsync(RunbookRun runbook, JournalView journal, CancellationToken token)
    {
        var world = await runbook.InspectAsync(token);
        world.AssertServedBy("blue", "green");
        AssertMessages(journal, world);
        AssertMigrations(journal, world);
        var attempts = journal.Attempts("Database", "Back up");
        Assert.All(world.Migrations.Keys, service => Assert.InRange(runbook.CountBackups(service), 1, attempts));
    }

    // A kill between a message and its record repeats it once, under the same key; nothing else does.
    private static void AssertMessages(JournalView journal, World world)
    {
        var sent = world.Hooks.Select(hook => (string?)hook!["key"]).OfType<string>().GroupBy(key => key).ToDictionary(group => group.Key, group => group.Count());
        Assert.NotEmpty(sent);
        foreach (var record in journal.RecordsOf("message-sent"))
        {
            var key = JournalView.Text(JournalView.Entry(record), "key");
            var (phase, step) = StepOf(journal, record);
            Assert.InRange(sent[key], 1, journal.Attempts(phase, step));
            Assert.Single(journal.Of("message-sent"), entry => JournalView.Text(entry, "key") == key);
        }
    }

    private static (string Phase, string Step) StepOf(JournalView journal, JsonObject record)
    {
        var start = JournalView.Entry(journal.Records.Take((int)record["seq"]!).Last(earlier => JournalView.Kind(JournalView.Entry(earlier)) == "step-started"));
        return (JournalView.Text(start, "phase"), JournalView.Text(start, "step"));
    }

    // Once the journal shows a service as migrated, no migration runs there again.
    private static void AssertMigrations(JournalView journal, World world)
    {
        foreach (var (service, versions) in world.Migrations)
        {
            Assert.Equal(2, versions.Count(version => version.StartsWith("202611", StringComparison.Ordinal)));
            var applied = journal.RecordsOf("migrations-applied").Select(record => (Record: record, Entry: JournalView.Entry(record)))
                .First(item => JournalView.Text(item.Entry, "service") == service && !(bool)item.Entry["interrupted"]!).Record;
            var runs = world.Execs.Where(exec => ((string)exec!["pod"]!).StartsWith(service + "-service-", StringComparison.Ordinal) && exec["command"]!.ToJsonString().Contains("ecto.migrate", StringComparison.Ordinal)).ToList();
            Assert.NotEmpty(runs);
            Assert.DoesNotContain(runs, exec => JournalView.At(exec!) > JournalView.At(applied));
        }
    }
}
