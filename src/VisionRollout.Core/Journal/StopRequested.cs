namespace VisionRollout.Core.Journal;

/// <summary>Somebody asked for an emergency stop.</summary>
/// <param name="Identity">Authenticated identity in the cluster.</param>
/// <param name="Reason">Why.</param>
public sealed record StopRequested(string Identity, string Reason) : JournalEntry
{
    /// <summary>True when traffic shall move back even where the new version serves better.</summary>
    public bool Force { get; init; }
}
