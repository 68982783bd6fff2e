namespace VisionRollout.Core.Journal;

/// <summary>The lines of one rollout's journal where every machine reaches them.</summary>
public interface IJournalStore
{
    /// <summary>Where it is, for people.</summary>
    string Location { get; }

    /// <summary>The lines after the first ones, in order.</summary>
    /// <param name="known">How many lines the caller has.</param>
    /// <param name="token">Cancels.</param>
    /// <exception cref="Errors.RolloutException">Unavailable: nobody answers.</exception>
    Task<IReadOnlyList<byte[]>> ReadAsync(int known, CancellationToken token);

    /// <summary>Appends a line, provided that it is the next one.</summary>
    /// <param name="number">Its number, from 1.</param>
    /// <param name="line">The line, without its end.</param>
    /// <param name="token">Cancels.</param>
    /// <returns>False when somebody else was first: read before the next attempt. Also when this very line had been stored before, its answer being lost.</returns>
    /// <exception cref="Errors.RolloutException">Unavailable: nobody answers; whether it was stored is not known.</exception>
    Task<bool> AppendAsync(int number, byte[] line, CancellationToken token);
}
