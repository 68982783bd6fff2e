namespace VisionRollout.Core.Journal;

/// <summary>A canary stage began: its traffic has been moved and confirmed.</summary>
/// <param name="Percent">The new colour's weight in per cent.</param>
/// <param name="Until">When its dwell ends (UTC).</param>
public sealed record CanaryStageStarted(int Percent, DateTimeOffset Until) : JournalEntry;
