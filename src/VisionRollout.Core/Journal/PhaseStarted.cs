namespace VisionRollout.Core.Journal;

/// <summary>A phase began.</summary>
/// <param name="Phase">Name of the phase.</param>
/// <param name="PlannedStart">Planned start (UTC); null when it is not in the timeline.</param>
/// <param name="PlannedEnd">Planned end (UTC).</param>
public sealed record PhaseStarted(string Phase, DateTimeOffset? PlannedStart, DateTimeOffset? PlannedEnd) : JournalEntry;
