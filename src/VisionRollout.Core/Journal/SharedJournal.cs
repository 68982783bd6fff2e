using VisionRollout.Core.Errors;

namespace VisionRollout.Core.Journal;

/// <summary>A journal in a file and, line for line, in a store that other machines reach. The store decides what the next record is; the file
/// keeps every record, also those that are made while the store does not answer, and hands them in later.</summary>
/// <remarks>When another machine has gone on meanwhile, its records count: ours that nobody else saw are kept beside the file and named.</remarks>
/// <param name="path">Full path of the file.</param>
/// <param name="store">The store.</param>
/// <param name="time">Real time.</param>
public sealed class SharedJournal(string path, IJournalStore store, TimeProvider time) : IJournal, IDisposable
{
    /// <summary>Readers look into the store no more often.</summary>
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    /// <summary>A store that did not answer is left alone for so long.</summary>
    private static readonly TimeSpan DownInterval = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim gate = new(1, 1);
    private readonly JournalLines lines = new(path);
    private long? lookedAt;
    private long? downAt;
    private int shared;
    private bool isUnwritable;

    /// <inheritdoc/>
    public string Location => path;

    /// <inheritdoc/>
    public Action<IReadOnlyList<JournalRecord>>? BeforeAppend { get; set; }

    /// <summary>Told what a person should know: the store does not answer, or records were put aside. Null: nobody.</summary>
    public Action<string>? OnTrouble { get; set; }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<JournalRecord>> ReadAsync(CancellationToken token)
    {
        await gate.WaitAsync(token);
        try
        {
            lines.ReadNew();
            if (lookedAt is { } last && time.GetElapsedTime(last) < LookInterval) return [.. lines.Chain.Records];
            var news = await TryAsync(() => store.ReadAsync(shared, token), [], token);
            if (!IsKnown(news))
            {
                using var held = await TryLockAsync(token);
                lines.ReadNew();
                Take(news);
            }

            return [.. lines.Chain.Records];
        }
        finally
        {
            gate.Release();
        }
    }

    /// <inheritdoc/>
    public async Task<JournalRecord> AppendAsync(JournalEntry entry, DateTimeOffset at, CancellationToken token)
    {
        await gate.WaitAsync(token);
        try
        {
            using var held = await TryLockAsync(token);
            var torn = lines.ReadNew();
            var found = lines.Chain.Records.Count;
            if (lookedAt is null) Take(await TryAsync(() => store.ReadAsync(shared, token), [], token));
            await HandInAsync(token);
            // What the store has whole is no loss.
            if (torn > 0 && lines.Chain.Records.Count == found) await AppendAsync(() => lines.Chain.Next(new JournalRepaired(torn), at), token);
            return await AppendAsync(() =>
            {
                BeforeAppend?.Invoke(lines.Chain.Records);
                return lines.Chain.Next(entry, at);
            }, token);
        }
        finally
        {
            gate.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => gate.Dispose();

    /// <summary>First to the store, which knows whether another machine has written, then to the file.</summary>
    private async Task<JournalRecord> AppendAsync(Func<byte[]> next, CancellationToken token)
    {
        while (true)
        {
            var line = next();
            var number = lines.Chain.Records.Count + 1;
            // Records that could not be handed in come first.
            var stored = shared < number - 1 ? null : await TryAsync<bool?>(async () => await store.AppendAsync(number, line, token), null, token);
            if (stored != false)
            {
                var record = Append(line, isSafe: stored == true);
                if (stored == true) shared = number;
                return record;
            }

            Take(await store.ReadAsync(shared, token));
            // An answer that was lost: the very line stands there.
            if (lines.Chain.Records.Count >= number && lines.Chain.Holds(number, line)) return lines.Chain.Records[number - 1];
        }
    }

    private async Task HandInAsync(CancellationToken token)
    {
        while (shared < lines.Chain.Records.Count)
        {
            var number = shared + 1;
            var line = lines.Line(number);
            var stored = await TryAsync<bool?>(async () => await store.AppendAsync(number, line, token), null, token);
            if (stored is null) return;
            if (stored == true) shared = number;
            else Take(await store.ReadAsync(shared, token));
        }
    }

    private bool IsKnown(IReadOnlyList<byte[]> news)
    {
        var first = shared;
        if (first + news.Count > lines.Chain.Records.Count) return false;
        for (var index = 0; index < news.Count; index++)
        {
            if (!lines.Chain.Holds(first + index + 1, news[index])) return false;
        }

        if (downAt is null) Looked(first + news.Count);
        return true;
    }

    /// <summary>Takes what the store has after the records that are known to be shared.</summary>
    private void Take(IReadOnlyList<byte[]> news)
    {
        var number = shared;
        foreach (var line in news)
        {
            number++;
            if (number <= lines.Chain.Records.Count && lines.Chain.Holds(number, line)) continue;
            if (number <= lines.Chain.Records.Count)
            {
                var lost = lines.Chain.Records.Count - number + 1;
                OnTrouble?.Invoke($"{lost} record(s) of the journal '{path}' were made while {store.Location} did not answer, and another machine has gone on meanwhile: they are kept in '{lines.MoveAside(number - 1)}' and count no more.");
            }

            Append(line, isSafe: true);
        }

        if (downAt is null) Looked(number);
    }

    // The store has it: then a file that can't be written is trouble, and no loss.
    private JournalRecord Append(byte[] line, bool isSafe)
    {
        try
        {
            var record = lines.Append(line);
            isUnwritable = false;
            return record;
        }
        catch (RolloutException cause) when (isSafe && cause.Id == JournalLines.NotWrittenId)
        {
            Unwritable(cause);
            return lines.Keep(line);
        }
    }

    // The lock keeps other processes of this machine off the file; the store keeps them off the journal.
    private async Task<FileStream?> TryLockAsync(CancellationToken token)
    {
        try
        {
            return await lines.LockAsync(token);
        }
        catch (RolloutException cause) when (cause.Id == JournalLines.NotWrittenId)
        {
            Unwritable(cause);
            return null;
        }
    }

    private void Unwritable(RolloutException cause)
    {
        if (!isUnwritable) OnTrouble?.Invoke($"The journal goes on in {store.Location} alone, as long as that answers. {cause.Message}");
        isUnwritable = true;
    }

    private void Looked(int count)
    {
        shared = Math.Max(shared, count);
        lookedAt = time.GetTimestamp();
    }

    /// <summary>Asks the store; what it answers when it is down is <paramref name="otherwise"/>.</summary>
    private async Task<T> TryAsync<T>(Func<Task<T>> ask, T otherwise, CancellationToken token)
    {
        token.ThrowIfCancellationRequested();
        if (downAt is { } since && time.GetElapsedTime(since) < DownInterval) return otherwise;
        try
        {
            var answer = await ask();
            downAt = null;
            return answer;
        }
        catch (RolloutException cause) when (cause.Kind is RolloutErrorKind.Unavailable || (shared > 0 && cause.Kind is not RolloutErrorKind.Corrupt))
        {
            // Once it has worked, whatever it answers now (no permission, a quota, too long a record) is its trouble and not the rollout's.
            if (downAt is null) OnTrouble?.Invoke($"{store.Location} takes no records; the journal goes on in '{path}' and is handed in later. {cause.Message}");
            downAt = time.GetTimestamp();
            return otherwise;
        }
    }
}
