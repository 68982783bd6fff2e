namespace VisionRollout.Core.Journal;

/// <summary>A phase failed.</summary>
/// <param name="Phase">Name of the phase.</param>
/// <param name="Error">What went wrong.</param>
/// <param name="Trigger">Trigger of the risk matrix; empty when none.</param>
public sealed record PhaseFailed(string Phase, string Error, string Trigger) : JournalEntry;
