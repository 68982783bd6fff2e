using VisionRollout.Core.Evidence;

namespace VisionRollout.Core.Journal;

/// <summary>The success criteria were measured.</summary>
/// <param name="Verdict">All together.</param>
/// <param name="Findings">The evidence.</param>
public sealed record SuccessMeasured(Verdict Verdict, IReadOnlyList<Finding> Findings) : JournalEntry
{
    /// <summary>The evidence.</summary>
    public IReadOnlyList<Finding> Findings { get; init => field = IndexedList.Of(value); } = IndexedList.Of(Findings);
}
