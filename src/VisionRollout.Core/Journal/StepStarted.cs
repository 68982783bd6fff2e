namespace VisionRollout.Core.Journal;

/// <summary>A step began.</summary>
/// <param name="Phase">Name of the phase.</param>
/// <param name="Step">Name of the step within its phase.</param>
public sealed record StepStarted(string Phase, string Step) : JournalEntry;
