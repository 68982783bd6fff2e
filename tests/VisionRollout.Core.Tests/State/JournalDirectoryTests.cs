using VisionRollout.Core.Journal;
using VisionRollout.Core.State;
using VisionRollout.Core.Tests.Journal;

namespace VisionRollout.Core.Tests.State;

public sealed class JournalDirectoryTests : IDisposable
{
    private readonly JournalFolder folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task The_active_rollout_is_the_one_that_has_not_ended()
    {
        var journals = new JournalDirectory(folder.Folder);
        Assert.Null(await journals.FindActiveAsync("production", Token));
        await StartAsync(journals, "production", "20261123-090000-v1", ended: true);
        await StartAsync(journals, "production", "20261124-090000-v2", ended: false);
        await StartAsync(journals, "production", "20261122-090000-v0", ended: false);
        await StartAsync(journals, "staging", "20261125-090000-v3", ended: false);
        using var active = await journals.FindActiveAsync("production", Token);
        Assert.Equal("20261124-090000-v2", (await active!.ReadStateAsync(Token))!.Started.Id);
        Assert.Equal(3, journals.List("production").Count());
        Assert.Equal(4, journals.List(null).Count());
    }

    [Fact]
    public async Task An_environment_whose_name_begins_like_another_one_has_journals_of_its_own()
    {
        var journals = new JournalDirectory(folder.Folder);
        await StartAsync(journals, "production", "20261123-090000-v1.1.0", ended: true);
        await StartAsync(journals, "production.eu", "20261124-090000-v1.1.0", ended: false);
        Assert.Null(await journals.FindActiveAsync("production", Token));
        Assert.Single(journals.List("production"));
        Assert.Single(journals.List("production.eu"));
        Assert.Equal(2, journals.List(null).Count());

        // A version may look like the id of another rollout.
        await StartAsync(journals, "production", "20261125-090000-main.20260926-101500-3fa2b1c", ended: false);
        Assert.Equal(2, journals.List("production").Count());
        Assert.Single(journals.List("production.eu"));
        using var active = await journals.FindActiveAsync("production", Token);
        Assert.Contains("main.20260926", active!.Location, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_prepared_for_a_later_day_comes_after_what_runs()
    {
        var journals = new JournalDirectory(folder.Folder);
        await StartAsync(journals, "production", "20261123-090000-v1", ended: false, new PhaseStarted("Preparation", null, null));
        await StartAsync(journals, "production", "20261123-100000-v2", ended: false);
        using (var running = await journals.FindActiveAsync("production", Token)) Assert.Equal("20261123-090000-v1", (await running!.ReadStateAsync(Token))!.Started.Id);
        File.Delete(Path.Combine(folder.Folder, "production.20261123-090000-v1.jsonl"));
        using var prepared = await journals.FindActiveAsync("production", Token);
        Assert.Equal("20261123-100000-v2", (await prepared!.ReadStateAsync(Token))!.Started.Id);
    }

    [Fact]
    public async Task A_state_read_again_has_what_others_wrote_since()
    {
        var journals = new JournalDirectory(folder.Folder);
        using var one = journals.Create("production", "r1");
        using var two = journals.Create("production", "r1");
        Assert.Null(await one.ReadStateAsync(Token));
        await two.AppendAsync(Started("r1"), DateTimeOffset.UnixEpoch, Token);
        Assert.Null((await one.ReadStateAsync(Token))!.Stop);
        await two.AppendAsync(new StopRequested("ops", "why"), DateTimeOffset.UnixEpoch, Token);
        Assert.Equal("why", (await one.ReadStateAsync(Token))!.Stop!.Reason);
    }

    private static RolloutStarted Started(string id) => new(id, "shop", "rollout.psd1", "hash", "production", "v2", "v1", "green", "blue", new(2026, 11, 23), "ops", []);

    private static async Task StartAsync(JournalDirectory journals, string environment, string id, bool ended, params JournalEntry[] more)
    {
        using var journal = journals.Create(environment, id);
        await journal.AppendAsync(Started(id), DateTimeOffset.UnixEpoch, Token);
        foreach (var entry in more) await journal.AppendAsync(entry, DateTimeOffset.UnixEpoch, Token);
        if (ended) await journal.AppendAsync(new RolloutCompleted(RolloutOutcome.Succeeded, ""), DateTimeOffset.UnixEpoch, Token);
    }
}
