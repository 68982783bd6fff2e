using VisionRollout.Core.Evidence;

namespace VisionRollout.Core.Journal;

/// <summary>A gate was opened for decision.</summary>
/// <param name="Gate">Name.</param>
/// <param name="Verdict">What the criteria say.</param>
/// <param name="Findings">The evidence.</param>
/// <param name="Deadline">Until when it waits for its deciders (UTC).</param>
public sealed record GateOpened(string Gate, Verdict Verdict, IReadOnlyList<Finding> Findings, DateTimeOffset Deadline) : JournalEntry
{
    /// <summary>The evidence.</summary>
    public IReadOnlyList<Finding> Findings { get; init => field = IndexedList.Of(value); } = IndexedList.Of(Findings);
}
