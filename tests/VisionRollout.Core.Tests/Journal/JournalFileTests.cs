using System.Text;
using System.Text.Json;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Journal;

namespace VisionRollout.Core.Tests.Journal;

public sealed class JournalFileTests : IDisposable
{
    private static readonly DateTimeOffset At = new(2026, 11, 23, 9, 0, 0, TimeSpan.Zero);
    private readonly JournalFolder folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Records_are_numbered_chained_and_on_disk_when_the_append_ends()
    {
        using var journal = new JournalFile(folder.File);
        Assert.Empty(await journal.ReadAsync(Token));
        Assert.False(File.Exists(folder.File));
        for (var number = 1; number <= 3; number++)
        {
            await journal.AppendAsync(new StepStarted("Database", $"step {number}"), At, Token);
            Assert.Equal(number, (await File.ReadAllLinesAsync(folder.File, Token)).Length);
        }

        using var other = new JournalFile(folder.File);
        var records = await other.ReadAsync(Token);
        Assert.Equal([1, 2, 3], records.Select(record => record.Sequence));
        Assert.Equal("", records[0].Previous);
        Assert.All(records.Skip(1), record => Assert.Matches("^[0-9A-F]{32}$", record.Previous));
        Assert.All(records, record => Assert.Equal((At, JournalFile.Writer), (record.At, record.By)));
        Assert.Equal(["step 1", "step 2", "step 3"], records.Select(record => ((StepStarted)record.Entry).Step));
    }

    [Fact]
    public async Task Texts_from_outside_stay_in_their_line()
    {
        const string Hostile = "a\nb\r\n\u2028 \"q\" {\"kind\":\"phase-completed\"} 🚀\0";
        using var journal = new JournalFile(folder.File);
        await journal.AppendAsync(new PhaseFailed("Database", Hostile, "migration"), At, Token);
        await journal.AppendAsync(new PhaseCompleted("Database"), At, Token);
        using var other = new JournalFile(folder.File);
        var records = await other.ReadAsync(Token);
        Assert.Equal(2, records.Count);
        Assert.Equal(Hostile, ((PhaseFailed)records[0].Entry).Error);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task A_record_that_was_changed_is_named(int number)
    {
        await WriteAsync(5);
        var lines = await File.ReadAllLinesAsync(folder.File, Token);
        lines[number - 1] = lines[number - 1].Replace($"step {number}", "step X", StringComparison.Ordinal);
        await File.WriteAllTextAsync(folder.File, string.Join('\n', lines) + '\n', Token);
        await AssertDamagedAsync($"Record {number} ");
    }

    [Fact]
    public async Task A_record_that_was_taken_out_is_missed()
    {
        await WriteAsync(5);
        var lines = (await File.ReadAllLinesAsync(folder.File, Token)).ToList();
        lines.RemoveAt(2);
        await File.WriteAllTextAsync(folder.File, string.Join('\n', lines) + '\n', Token);
        await AssertDamagedAsync("Record 3 ");
    }

    [Fact]
    public async Task A_line_that_is_no_record_is_named()
    {
        await WriteAsync(2);
        await File.AppendAllTextAsync(folder.File, "garbage\n", Token);
        await AssertDamagedAsync("Record 3 ");
    }

    [Fact]
    public async Task A_record_of_a_kind_that_nobody_knows_is_named()
    {
        await WriteAsync(1);
        var line = (await File.ReadAllTextAsync(folder.File, Token)).Replace("step-started", "step-vanished", StringComparison.Ordinal);
        await File.WriteAllTextAsync(folder.File, line, Token);
        await AssertDamagedAsync("Record 1 ");
    }

    [Fact]
    public async Task A_file_that_became_shorter_while_it_was_open_is_damaged()
    {
        using var journal = new JournalFile(folder.File);
        await journal.AppendAsync(new PhaseCompleted("Database"), At, Token);
        await File.WriteAllTextAsync(folder.File, "", Token);
        var error = await Assert.ThrowsAsync<RolloutException>(() => journal.AppendAsync(new PhaseCompleted("Canary"), At, Token));
        Assert.Equal(("JournalDamaged", RolloutErrorKind.Corrupt), (error.Id, error.Kind));
    }

    [Fact]
    public async Task A_damaged_journal_is_never_continued()
    {
        await WriteAsync(2);
        await File.AppendAllTextAsync(folder.File, "garbage\n", Token);
        var before = await File.ReadAllBytesAsync(folder.File, Token);
        using var journal = new JournalFile(folder.File);
        for (var attempt = 0; attempt < 2; attempt++)
            await Assert.ThrowsAsync<RolloutException>(() => journal.AppendAsync(new PhaseCompleted("Canary"), At, Token));
        Assert.Equal(before, await File.ReadAllBytesAsync(folder.File, Token));
    }

    [Fact]
    public async Task A_torn_last_line_is_not_read_and_its_repair_is_recorded()
    {
        await WriteAsync(2);
        const string Torn = "{\"seq\":3,\"at\":\"2026-";
        await File.AppendAllTextAsync(folder.File, Torn, Token);
        using (var reader = new JournalFile(folder.File))
        {
            Assert.Equal(2, (await reader.ReadAsync(Token)).Count);
        }

        using (var writer = new JournalFile(folder.File))
        {
            await writer.AppendAsync(new PhaseCompleted("Database"), At, Token);
        }

        using var after = new JournalFile(folder.File);
        var records = await after.ReadAsync(Token);
        Assert.Equal(4, records.Count);
        Assert.Equal(Torn.Length, Assert.IsType<JournalRepaired>(records[2].Entry).Bytes);
        Assert.IsType<PhaseCompleted>(records[3].Entry);
    }

    [Fact]
    public async Task Every_prefix_of_a_journal_that_a_crash_may_leave_can_be_continued()
    {
        await WriteAsync(3);
        var whole = await File.ReadAllBytesAsync(folder.File, Token);
        for (var length = 0; length <= whole.Length; length += 7)
        {
            await File.WriteAllBytesAsync(folder.File, whole[..length], Token);
            using var journal = new JournalFile(folder.File);
            var last = await journal.AppendAsync(new PhaseCompleted("Database"), At, Token);
            using var other = new JournalFile(folder.File);
            Assert.Equal(last.Sequence, (await other.ReadAsync(Token)).Count);
        }
    }

    [Fact]
    public async Task A_foreign_record_is_seen_before_the_next_one_is_written()
    {
        using var one = new JournalFile(folder.File);
        using var two = new JournalFile(folder.File);
        await one.AppendAsync(new StepStarted("p", "1"), At, Token);
        await two.AppendAsync(new StepStarted("p", "2"), At, Token);
        Assert.Equal(3, (await one.AppendAsync(new StepStarted("p", "3"), At, Token)).Sequence);
        Assert.Equal(["1", "2", "3"], (await two.ReadAsync(Token)).Select(record => ((StepStarted)record.Entry).Step));
    }

    [Fact(Timeout = 60_000)]
    public async Task Writers_side_by_side_lose_nothing()
    {
        const int Writers = 6, Each = 25;
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
        {
            // A journal of its own for each writer: nothing but the file is shared, as between processes.
            using var journal = new JournalFile(folder.File);
            for (var number = 0; number < Each; number++)
            {
                await journal.AppendAsync(new StepStarted($"writer {writer}", $"{number}"), At, Token);
                await journal.ReadAsync(Token);
            }
        }, Token)));

        using var reader = new JournalFile(folder.File);
        var records = await reader.ReadAsync(Token);
        Assert.Equal(Writers * Each, records.Count);
        foreach (var own in records.Select(record => (StepStarted)record.Entry).GroupBy(entry => entry.Phase))
            Assert.Equal(Enumerable.Range(0, Each).Select(number => $"{number}"), own.Select(entry => entry.Step));
    }

    [Fact]
    public async Task A_wait_for_another_writer_can_be_cancelled_and_writes_nothing()
    {
        await WriteAsync(1);
        using var held = new FileStream(folder.File + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        using var journal = new JournalFile(folder.File);
        using var cancel = new CancellationTokenSource();
        var append = journal.AppendAsync(new PhaseCompleted("Database"), At, cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => append);
        Assert.Single(await journal.ReadAsync(Token));
    }

    [Fact]
    public async Task A_journal_that_cannot_be_written_says_so_at_once_and_keeps_what_it_has()
    {
        await WriteAsync(1);
        File.Delete(folder.File + ".lock");
        Directory.CreateDirectory(folder.File + ".lock"); // as good as a folder without permission, also for root
        using var journal = new JournalFile(folder.File);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20)); // a held lock is waited for longer
        var failure = await Assert.ThrowsAsync<RolloutException>(() => journal.AppendAsync(new PhaseCompleted("Database"), At, limit.Token));
        Assert.Equal("JournalNotWritten", failure.Id);
        Assert.Contains(folder.File, failure.Message, StringComparison.Ordinal);
        Assert.Single(await journal.ReadAsync(Token));
        Directory.Delete(folder.File + ".lock");
        Assert.Equal(2, (await journal.AppendAsync(new PhaseCompleted("Database"), At, Token)).Sequence);
    }

    [Fact]
    public async Task Times_are_kept_in_UTC()
    {
        using var journal = new JournalFile(folder.File);
        await journal.AppendAsync(new PhaseCompleted("Database"), new DateTimeOffset(2026, 11, 23, 10, 0, 0, TimeSpan.FromHours(1)), Token);
        Assert.Contains("\"at\":\"2026-11-23T09:00:00+00:00\"", await File.ReadAllTextAsync(folder.File, Token), StringComparison.Ordinal);
        using var document = JsonDocument.Parse(Encoding.UTF8.GetString(await File.ReadAllBytesAsync(folder.File, Token)));
        Assert.Equal("phase-completed", document.RootElement.GetProperty("entry").GetProperty("kind").GetString());
    }

    private async Task WriteAsync(int count)
    {
        using var journal = new JournalFile(folder.File);
        for (var number = 1; number <= count; number++) await journal.AppendAsync(new StepStarted("Database", $"step {number}"), At, Token);
    }

    private async Task AssertDamagedAsync(string named)
    {
        using var journal = new JournalFile(folder.File);
        var error = await Assert.ThrowsAsync<RolloutException>(() => journal.ReadAsync(Token));
        Assert.Equal(("JournalDamaged", RolloutErrorKind.Corrupt), (error.Id, error.Kind));
        Assert.StartsWith(named, error.Message, StringComparison.Ordinal);
        Assert.Contains(folder.File, error.Message, StringComparison.Ordinal);
        Assert.NotEmpty(error.Remedy);
    }
}
