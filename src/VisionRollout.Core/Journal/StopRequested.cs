namespace VisionRollout.Core.Journal;

/// <summary>Somebody asked for an emergency stop.</summary>
/// <param name="Identity">Authenticated identity in the cluster.</param>
/// <param name="Reason">Why.</param>
public sealed record StopRequested(string Identity, string Reason) : JournalEntry;
