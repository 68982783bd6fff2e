namespace VisionRollout.Core.Journal;

/// <summary>The rollout ended.</summary>
/// <param name="Outcome">How.</param>
/// <param name="Summary">One sentence.</param>
public sealed record RolloutCompleted(RolloutOutcome Outcome, string Summary) : JournalEntry;
