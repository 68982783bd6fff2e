using VisionRollout.Core.Journal;

namespace VisionRollout.Core.State;

/// <summary>A rollout's journal together with the state folded from it; reading again folds only what is new.</summary>
public sealed class RolloutJournal(IJournal journal) : IDisposable
{
    private readonly SemaphoreSlim gate = new(1, 1);
    private RolloutState? state;
    private int folded;
    private JournalRecord? last;

    /// <summary>Where it is, for people.</summary>
    public string Location => journal.Location;

    /// <summary>See <see cref="IJournal.BeforeAppend"/>.</summary>
    public Action<IReadOnlyList<JournalRecord>>? BeforeAppend
    {
        get => journal.BeforeAppend;
        set => journal.BeforeAppend = value;
    }

    /// <summary>The state now; null when nothing was started.</summary>
    public async Task<RolloutState?> ReadStateAsync(CancellationToken token)
    {
        var records = await journal.ReadAsync(token);
        await gate.WaitAsync(token);
        try
        {
            // Records that only this machine had seen may be gone, when another one has gone on: then it is told from the beginning.
            if (folded > records.Count || (folded > 0 && !ReferenceEquals(records[folded - 1], last))) (state, folded) = (null, 0);
            for (; folded < records.Count; folded++) state = RolloutState.Fold(state, records[folded]);
            last = folded > 0 ? records[folded - 1] : null;
            return state;
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Every record.</summary>
    public Task<IReadOnlyList<JournalRecord>> ReadAsync(CancellationToken token) => journal.ReadAsync(token);

    /// <summary>Appends an entry; it is on disk when the task ends.</summary>
    public Task<JournalRecord> AppendAsync(JournalEntry entry, DateTimeOffset at, CancellationToken token) => journal.AppendAsync(entry, at, token);

    /// <inheritdoc/>
    public void Dispose()
    {
        gate.Dispose();
        (journal as IDisposable)?.Dispose();
    }
}
