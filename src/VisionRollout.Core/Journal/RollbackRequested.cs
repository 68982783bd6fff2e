namespace VisionRollout.Core.Journal;

/// <summary>Somebody takes the rollout back. It stands in the journal before anything is moved: whoever is killed on the way leaves it to be finished.</summary>
/// <param name="Identity">Who.</param>
/// <param name="Reason">Why.</param>
/// <param name="IncludeSchema">Whether the migrations of the rollout are taken back too.</param>
public sealed record RollbackRequested(string Identity, string Reason, bool IncludeSchema) : JournalEntry
{
    /// <summary>True when traffic shall move back even where the new version serves better.</summary>
    public bool Force { get; init; }
}
