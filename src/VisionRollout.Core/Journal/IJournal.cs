namespace VisionRollout.Core.Journal;

/// <summary>An append-only journal that several processes may write.</summary>
public interface IJournal
{
    /// <summary>Where it is, for people.</summary>
    string Location { get; }

    /// <summary>Looks at every record so far, while no other writer can come in between, before an entry is appended; throws to refuse it.
    /// Null: nothing is looked at.</summary>
    Action<IReadOnlyList<JournalRecord>>? BeforeAppend { get; set; }

    /// <summary>Every record so far, including those that other processes have written.</summary>
    /// <exception cref="Errors.RolloutException">A record is damaged or was changed; the message names it.</exception>
    Task<IReadOnlyList<JournalRecord>> ReadAsync(CancellationToken token);

    /// <summary>Appends an entry; it is on disk when the task ends.</summary>
    /// <param name="entry">What happened.</param>
    /// <param name="at">When, by the rollout's clock.</param>
    /// <param name="token">Cancels the wait for other writers, never a write that has begun.</param>
    Task<JournalRecord> AppendAsync(JournalEntry entry, DateTimeOffset at, CancellationToken token);
}
