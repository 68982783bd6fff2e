namespace VisionRollout.Core.Journal;

/// <summary>A phase is done.</summary>
/// <param name="Phase">Name of the phase.</param>
public sealed record PhaseCompleted(string Phase) : JournalEntry;
