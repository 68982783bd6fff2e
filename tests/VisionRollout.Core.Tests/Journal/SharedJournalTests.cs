using System.Text;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Journal;
using VisionRollout.Core.State;
using VisionRollout.Core.Tests.World;

namespace VisionRollout.Core.Tests.Journal;

public sealed class SharedJournalTests : IDisposable
{
    private static readonly DateTimeOffset At = new(2026, 11, 23, 9, 0, 0, TimeSpan.Zero);
    private readonly JournalFolder here = new();
    private readonly JournalFolder there = new();
    private readonly MemoryStore store = new();
    private readonly ManualTime time = new();
    private readonly List<string> troubles = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        here.Dispose();
        there.Dispose();
    }

    [Fact]
    public async Task Two_machines_write_one_journal()
    {
        using var one = Open(here);
        using var two = Open(there);
        for (var number = 1; number <= 6; number++)
            Assert.Equal(number, (await (number % 2 == 0 ? one : two).AppendAsync(Step(number), At, Token)).Sequence);
        time.Pass(TimeSpan.FromSeconds(2));
        await AssertStepsAsync(one, 1, 2, 3, 4, 5, 6);
        await AssertStepsAsync(two, 1, 2, 3, 4, 5, 6);
        Assert.Equal(await File.ReadAllBytesAsync(here.File, Token), await File.ReadAllBytesAsync(there.File, Token));
        Assert.Empty(troubles);
    }

    [Fact]
    public async Task An_empty_folder_has_the_whole_journal_and_goes_on()
    {
        using (var one = Open(here))
        {
            for (var number = 1; number <= 3; number++) await one.AppendAsync(Step(number), At, Token);
        }

        using var two = Open(there);
        await AssertStepsAsync(two, 1, 2, 3);
        Assert.Equal(4, (await two.AppendAsync(Step(4), At, Token)).Sequence);
    }

    [Fact]
    public async Task What_another_machine_asks_for_is_seen_at_the_next_look_and_looks_are_no_more_than_one_a_second()
    {
        using var one = new RolloutJournal(Open(here));
        using var two = Open(there);
        await one.AppendAsync(new RolloutStarted("r1", "shop", "rollout.psd1", "hash", "production", "v2", "v1", "green", "blue", new(2026, 11, 23), "ops", []), At, Token);
        await two.AppendAsync(new StopRequested("ops", "why"), At, Token);
        var reads = store.Reads;
        for (var look = 0; look < 100; look++) Assert.Null((await one.ReadStateAsync(Token))!.Stop);
        Assert.Equal(reads, store.Reads);
        time.Pass(TimeSpan.FromSeconds(1));
        Assert.Equal("why", (await one.ReadStateAsync(Token))!.Stop!.Reason);
    }

    [Fact]
    public async Task A_writer_sees_the_records_of_the_other_before_its_own_is_appended()
    {
        using var one = Open(here);
        using var two = Open(there);
        await one.AppendAsync(Step(1), At, Token);
        await two.AppendAsync(new StopRequested("ops", "why"), At, Token);
        one.BeforeAppend = records =>
        {
            if (records.Any(record => record.Entry is StopRequested)) throw new RolloutStoppedException("ops", "why");
        };
        await Assert.ThrowsAsync<RolloutStoppedException>(() => one.AppendAsync(Step(2), At, Token));
        Assert.Equal(2, store.Lines.Count);
        Assert.Equal(2, (await one.ReadAsync(Token)).Count);
    }

    [Fact]
    public async Task While_the_store_is_silent_the_file_goes_on_and_hands_in_later()
    {
        using var one = Open(here);
        await one.AppendAsync(Step(1), At, Token);
        store.IsDown = true;
        await one.AppendAsync(Step(2), At, Token);
        await one.AppendAsync(Step(3), At, Token);
        Assert.Contains("takes no records", Assert.Single(troubles), StringComparison.Ordinal);
        Assert.Single(store.Lines);

        store.IsDown = false;
        time.Pass(TimeSpan.FromSeconds(6));
        await one.AppendAsync(Step(4), At, Token);
        Assert.Equal(4, store.Lines.Count);
        using var two = Open(there);
        await AssertStepsAsync(two, 1, 2, 3, 4);
    }

    [Fact]
    public async Task A_store_that_takes_nothing_any_more_does_not_stop_the_journal()
    {
        using var one = Open(here);
        await one.AppendAsync(Step(1), At, Token);
        store.Refuses = true;
        await one.AppendAsync(Step(2), At, Token);
        Assert.Contains("exceeded quota", Assert.Single(troubles), StringComparison.Ordinal);
        await AssertStepsAsync(one, 1, 2);

        store.Refuses = false;
        time.Pass(TimeSpan.FromSeconds(6));
        await one.AppendAsync(Step(3), At, Token);
        Assert.Equal(3, store.Lines.Count);
    }

    [Fact]
    public async Task A_store_that_takes_nothing_from_the_start_is_told_before_anything_is_done()
    {
        using var one = Open(here);
        store.Refuses = true;
        Assert.Equal("Forbidden", (await Assert.ThrowsAsync<RolloutException>(() => one.AppendAsync(Step(1), At, Token))).Id);
        Assert.False(File.Exists(here.File));
    }

    [Fact]
    public async Task A_file_that_cannot_be_written_is_no_loss_while_the_store_answers()
    {
        using var one = Open(here);
        await one.AppendAsync(Step(1), At, Token);
        Block(here);
        await one.AppendAsync(Step(2), At, Token);
        await one.AppendAsync(Step(3), At, Token);
        Assert.Contains(here.File, Assert.Single(troubles), StringComparison.Ordinal);
        await AssertStepsAsync(one, 1, 2, 3);
        Assert.Equal(3, store.Lines.Count);

        // Another process of the same machine, and what another machine writes, is read all the same.
        using var two = Open(there);
        await two.AppendAsync(Step(4), At, Token);
        using var second = Open(here);
        await AssertStepsAsync(second, 1, 2, 3, 4);
        time.Pass(TimeSpan.FromSeconds(2));
        await AssertStepsAsync(one, 1, 2, 3, 4);

        Unblock(here);
        await one.AppendAsync(Step(5), At, Token);
        await second.AppendAsync(Step(6), At, Token);
        time.Pass(TimeSpan.FromSeconds(2));
        await AssertStepsAsync(one, 1, 2, 3, 4, 5, 6);
        using var whole = new JournalFile(here.File);
        Assert.Equal(6, (await whole.ReadAsync(Token)).Count);
    }

    [Fact]
    public async Task When_neither_place_takes_a_record_it_is_not_taken()
    {
        using var one = Open(here);
        await one.AppendAsync(Step(1), At, Token);
        Block(here);
        store.IsDown = true;
        Assert.Equal("JournalNotWritten", (await Assert.ThrowsAsync<RolloutException>(() => one.AppendAsync(Step(2), At, Token))).Id);
        await AssertStepsAsync(one, 1);
        Unblock(here);
        Assert.Equal(2, (await one.AppendAsync(Step(2), At, Token)).Sequence);
    }

    [Fact]
    public async Task A_store_that_was_silent_from_the_start_gets_everything()
    {
        store.IsDown = true;
        using (var one = Open(here))
        {
            await one.AppendAsync(Step(1), At, Token);
            await AssertStepsAsync(one, 1);
        }

        store.IsDown = false;
        using var again = Open(here);
        await again.AppendAsync(Step(2), At, Token);
        Assert.Equal(2, store.Lines.Count);
    }

    [Fact]
    public async Task An_answer_that_was_lost_is_no_second_record()
    {
        using var one = Open(here);
        await one.AppendAsync(Step(1), At, Token);
        store.LosesNextAnswer = true;
        await one.AppendAsync(Step(2), At, Token);
        time.Pass(TimeSpan.FromSeconds(6));
        await one.AppendAsync(Step(3), At, Token);
        Assert.Equal(3, store.Lines.Count);
        await AssertStepsAsync(one, 1, 2, 3);
    }

    [Fact]
    public async Task When_another_machine_has_gone_on_its_records_count_and_ours_are_kept_aside_and_named()
    {
        using var one = new RolloutJournal(Open(here));
        await one.AppendAsync(new RolloutStarted("r1", "shop", "rollout.psd1", "hash", "production", "v2", "v1", "green", "blue", new(2026, 11, 23), "ops", []), At, Token);
        store.IsDown = true;
        await one.AppendAsync(new PhaseStarted("Canary", null, null), At, Token);
        await one.AppendAsync(new PhaseCompleted("Canary"), At, Token);
        Assert.NotNull((await one.ReadStateAsync(Token))!.FindPhase("Canary"));

        store.IsDown = false;
        using var two = Open(there);
        await two.AppendAsync(new StopRequested("ops", "why"), At, Token);
        time.Pass(TimeSpan.FromSeconds(6));

        var state = (await one.ReadStateAsync(Token))!;
        Assert.Equal(("why", null), (state.Stop?.Reason, state.FindPhase("Canary")));
        Assert.Contains("2 record(s)", troubles[^1], StringComparison.Ordinal);
        var aside = Assert.Single(Directory.GetFiles(here.Folder, "*.aside-*"));
        Assert.Contains(aside, troubles[^1], StringComparison.Ordinal);
        Assert.Equal(2, (await File.ReadAllLinesAsync(aside, Token)).Length);
        Assert.Equal(3, (await one.AppendAsync(new PhaseFailed("Canary", "stopped", ""), At, Token)).Sequence);
        Assert.Equal(3, store.Lines.Count);
    }

    [Fact]
    public async Task A_crash_between_store_and_file_loses_nothing()
    {
        using (var one = Open(here))
        {
            for (var number = 1; number <= 3; number++) await one.AppendAsync(Step(number), At, Token);
        }

        // Cut anywhere in the last record: the store has it whole.
        var whole = await File.ReadAllBytesAsync(here.File, Token);
        await File.WriteAllBytesAsync(here.File, whole[..^20], Token);
        using var again = Open(here);
        Assert.Equal(4, (await again.AppendAsync(Step(4), At, Token)).Sequence);
        await AssertStepsAsync(again, 1, 2, 3, 4);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_record_that_was_changed_in_the_store_is_named(int number)
    {
        using (var one = Open(here))
        {
            for (var count = 1; count <= 4; count++) await one.AppendAsync(Step(count), At, Token);
        }

        store.Lines[number - 1] = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(store.Lines[number - 1]).Replace($"\"{number}\"", "\"X\"", StringComparison.Ordinal));
        using var two = Open(there);
        var error = await Assert.ThrowsAsync<RolloutException>(() => two.ReadAsync(Token));
        Assert.Equal("JournalDamaged", error.Id);
        Assert.StartsWith($"Record {number} ", error.Message, StringComparison.Ordinal);
    }

    // A folder in the file's place, the file being kept beside it: nobody can write, not even root.
    private static void Block(JournalFolder folder)
    {
        File.Delete(folder.File + ".lock");
        Directory.CreateDirectory(folder.File + ".lock");
        File.Move(folder.File, folder.File + ".kept");
        Directory.CreateDirectory(folder.File);
    }

    private static void Unblock(JournalFolder folder)
    {
        Directory.Delete(folder.File + ".lock");
        Directory.Delete(folder.File);
        File.Move(folder.File + ".kept", folder.File);
    }

    private static StepStarted Step(int number) => new("Canary", $"{number}");

    private static async Task AssertStepsAsync(SharedJournal journal, params int[] numbers) =>
        Assert.Equal(numbers.Select(number => $"{number}"), (await journal.ReadAsync(Token)).Select(record => ((StepStarted)record.Entry).Step));

    private SharedJournal Open(JournalFolder folder) => new(folder.File, store, time) { OnTrouble = troubles.Add };
}
