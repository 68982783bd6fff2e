using System.Collections.Concurrent;
using VisionRollout.Adapters;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Journal;
using VisionRollout.Core.Leases;
using VisionRollout.Core.State;

namespace VisionRollout.Shell;

/// <summary>What one session records of the rollout it works on, and the state that this adds up to. What the journal can't take on the way to safety is
/// kept here until it can.</summary>
/// <param name="journals">The journals.</param>
/// <param name="environment">Name of the environment.</param>
/// <param name="now">Tells the time of the rollout's clock.</param>
/// <param name="guard">Has its say before this session appends to a journal.</param>
/// <param name="tell">Takes what a person should know.</param>
internal sealed class RolloutRecords(JournalDirectory journals, string environment, Func<CancellationToken, Task<DateTimeOffset>> now, Func<RolloutJournal, RolloutJournal> guard, Action<string> tell) : IDisposable
{
    /// <summary>A journal that could not be written is left alone for so long: a way back does not wait for it again and again.</summary>
    private static readonly TimeSpan UnwritableInterval = TimeSpan.FromSeconds(10);
    private readonly ConcurrentQueue<(JournalEntry Entry, DateTimeOffset At)> kept = [];
    private long? unwritableSince;
    private RolloutJournal? journal;

    /// <summary>The journal of the rollout that this session started or resumed, else of the environment's active one; null when there is none.</summary>
    public async Task<RolloutJournal?> FindJournalAsync(CancellationToken token) =>
        journal ??= await journals.FindActiveAsync(environment, token) is { } found ? guard(found) : null;

    /// <summary>Works on this rollout from now on.</summary>
    public void Use(RolloutJournal chosen)
    {
        if (!ReferenceEquals(journal, chosen))
        {
            journal?.Dispose();
            if (!kept.IsEmpty) tell($"{kept.Count} record(s) of the rollout before could not be written: {KeptNames}.");
            kept.Clear();
            unwritableSince = null;
        }

        journal = guard(chosen);
    }

    /// <summary>The state of the rollout; null when none was started.</summary>
    public async Task<RolloutState?> FindStateAsync(CancellationToken token)
    {
        var state = await FindJournalAsync(token) is { } found ? await found.ReadStateAsync(token) : null;
        // What the journal could not take has happened all the same.
        foreach (var (entry, at) in kept) state = RolloutState.Fold(state, new JournalRecord { Sequence = state?.LastSequence ?? 0, At = at, By = JournalFile.Writer, Previous = "", Entry = entry });
        return state;
    }

    /// <summary>Records an entry; it is on disk when the task ends.</summary>
    /// <returns>False without a rollout: then nothing is recorded.</returns>
    /// <exception cref="LeaseLostException">Another session runs the rollout by now.</exception>
    public async Task<bool> RecordAsync(JournalEntry entry, CancellationToken token)
    {
        if (await FindJournalAsync(token) is not { } found) return false;
        await HandInAsync(found, token);
        await AppendAsync(found, entry, await now(token), token);
        return true;
    }

    /// <summary>Records an entry, or keeps it when the journal can't be written: then it is recorded before the next one.</summary>
    /// <returns>False without a rollout: then nothing is recorded.</returns>
    /// <exception cref="LeaseLostException">Another session runs the rollout by now.</exception>
    public async Task<bool> RecordOrKeepAsync(JournalEntry entry, CancellationToken token)
    {
        if (await FindJournalAsync(token) is not { } found) return false;
        var at = await now(token);
        if (unwritableSince is { } since && TimeProvider.System.GetElapsedTime(since) < UnwritableInterval)
        {
            kept.Enqueue((entry, at));
            return true;
        }

        try
        {
            await HandInAsync(found, token);
            await AppendAsync(found, entry, at, token);
        }
        catch (Exception cause) when (IsOfTheJournal(cause))
        {
            unwritableSince = TimeProvider.System.GetTimestamp();
            kept.Enqueue((entry, at));
        }

        return true;
    }

    /// <summary>Records what was kept, and says what could not be recorded (to nobody when null).</summary>
    public async Task HandInAsync(IShell? shell, CancellationToken token)
    {
        if (kept.IsEmpty || await FindJournalAsync(token) is not { } found) return;
        try
        {
            await HandInAsync(found, token);
        }
        catch (Exception cause) when (IsOfTheJournal(cause))
        {
            shell?.Warn($"What was done is not in the journal: {cause.Message} {kept.Count} record(s) are missing there: {KeptNames}. "
                + "When it can be written again, run the same command again: it changes nothing that is done, and records it.");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => journal?.Dispose();

    private string KeptNames => string.Join(", ", kept.Select(item => item.Entry.GetType().Name));

    private static bool IsOfTheJournal(Exception cause) => cause is (RolloutException and not LeaseLostException and not RolloutStoppedException) or IOException or UnauthorizedAccessException;

    private async Task HandInAsync(RolloutJournal found, CancellationToken token)
    {
        while (kept.TryPeek(out var next))
        {
            await AppendAsync(found, next.Entry, next.At, token);
            kept.TryDequeue(out _);
        }

        unwritableSince = null;
    }

    private static async Task AppendAsync(RolloutJournal found, JournalEntry entry, DateTimeOffset at, CancellationToken token)
    {
        try
        {
            await found.AppendAsync(entry, at, token);
        }
        catch (LeaseLostException) when (entry is StepFailed or PhaseFailed)
        {
            // The rollout is somebody else's by now and fails or succeeds there; here the failure itself goes up to the caller.
        }
    }
}
