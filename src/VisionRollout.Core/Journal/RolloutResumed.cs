namespace VisionRollout.Core.Journal;

/// <summary>The runbook was started again.</summary>
/// <param name="ResumedBy">Identity in the cluster of who resumed it.</param>
/// <param name="PlanHash">SHA-256 of the plan now.</param>
public sealed record RolloutResumed(string ResumedBy, string PlanHash) : JournalEntry;
