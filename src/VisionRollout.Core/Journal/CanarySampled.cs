using VisionRollout.Core.Canary;

namespace VisionRollout.Core.Journal;

/// <summary>The canary was judged once.</summary>
/// <param name="Sample">The sample.</param>
public sealed record CanarySampled(CanarySample Sample) : JournalEntry
{
    /// <summary>The highest use of CPU and memory at that look; null when it was not read.</summary>
    public ResourceUse? Resources { get; init; }
}
