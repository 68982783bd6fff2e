using VisionRollout.Core.Evidence;

namespace VisionRollout.Core.Journal;

/// <summary>A gate was decided.</summary>
/// <param name="Gate">Name.</param>
/// <param name="Verdict">The decision.</param>
/// <param name="Reason">Why.</param>
/// <param name="Findings">The evidence.</param>
public sealed record GateDecided(string Gate, Verdict Verdict, string Reason, IReadOnlyList<Finding> Findings) : JournalEntry
{
    /// <summary>The evidence.</summary>
    public IReadOnlyList<Finding> Findings { get; init => field = IndexedList.Of(value); } = IndexedList.Of(Findings);
}
