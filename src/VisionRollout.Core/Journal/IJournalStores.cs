namespace VisionRollout.Core.Journal;

/// <summary>The journals of an environment where every machine reaches them.</summary>
public interface IJournalStores
{
    /// <summary>Identities of the rollouts that have a journal there, in no order.</summary>
    /// <exception cref="Errors.RolloutException">Unavailable: nobody answers.</exception>
    Task<IReadOnlyList<string>> ListAsync(CancellationToken token);

    /// <summary>The journal of a rollout, there or not yet.</summary>
    /// <param name="id">Identity of the rollout.</param>
    IJournalStore Open(string id);
}
