namespace VisionRollout.Core.Journal;

/// <summary>How long a way back would take; recorded when it changes.</summary>
/// <param name="Seconds">From the decision to the confirmation; null when it can't be told.</param>
/// <param name="Reason">What it depends on.</param>
public sealed record RollbackForecasted(double? Seconds, string Reason) : JournalEntry;
