using VisionRollout.Core.Evidence;

namespace VisionRollout.Core.Journal;

/// <summary>A canary stage ended.</summary>
/// <param name="Percent">The new colour's weight in per cent.</param>
/// <param name="Verdict">How it was judged.</param>
/// <param name="Reason">Why.</param>
public sealed record CanaryStageEnded(int Percent, Verdict Verdict, string Reason) : JournalEntry
{
    /// <summary>Trigger of the risk matrix; empty when none.</summary>
    public string Trigger { get; init; } = "";
}
