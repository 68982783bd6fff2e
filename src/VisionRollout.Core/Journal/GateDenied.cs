namespace VisionRollout.Core.Journal;

/// <summary>A decider denied a gate.</summary>
/// <param name="Gate">Name.</param>
/// <param name="Role">Role of the decider.</param>
/// <param name="Identity">Authenticated identity in the cluster.</param>
/// <param name="Reason">Why.</param>
public sealed record GateDenied(string Gate, string Role, string Identity, string Reason) : JournalEntry;
