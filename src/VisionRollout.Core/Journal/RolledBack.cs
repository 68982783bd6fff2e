namespace VisionRollout.Core.Journal;

/// <summary>The rollout was taken back.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Seconds">From the decision to the confirmation of the traffic.</param>
/// <param name="Done">What was taken back.</param>
/// <param name="NotDone">What could not be taken back, and why.</param>
public sealed record RolledBack(string Reason, double Seconds, IReadOnlyList<string> Done, IReadOnlyList<string> NotDone) : JournalEntry;
