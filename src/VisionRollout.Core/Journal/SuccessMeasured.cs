using VisionRollout.Core.Evidence;

namespace VisionRollout.Core.Journal;

/// <summary>The success criteria were measured.</summary>
/// <param name="Verdict">All together.</param>
/// <param name="Findings">The evidence.</param>
public sealed record SuccessMeasured(Verdict Verdict, IReadOnlyList<Finding> Findings) : JournalEntry;
