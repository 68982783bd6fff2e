using VisionRollout.Core.Canary;
using VisionRollout.Core.Evidence;

namespace VisionRollout.Core.Journal;

/// <summary>The version that serves was looked at once, outside a canary stage.</summary>
/// <param name="Sample">What its colour showed in the newest interval.</param>
/// <param name="Version">The version.</param>
/// <param name="Verdict">Whether it keeps the plan's limits.</param>
/// <param name="Reason">Why.</param>
public sealed record LiveSampled(ColourSample Sample, string Version, Verdict Verdict, string Reason) : JournalEntry
{
    /// <summary>The highest use of CPU and memory at that look; null when it was not read.</summary>
    public ResourceUse? Resources { get; init; }
}
