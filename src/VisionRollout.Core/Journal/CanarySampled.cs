using VisionRollout.Core.Canary;

namespace VisionRollout.Core.Journal;

/// <summary>The canary was judged once.</summary>
/// <param name="Sample">The sample.</param>
public sealed record CanarySampled(CanarySample Sample) : JournalEntry;
