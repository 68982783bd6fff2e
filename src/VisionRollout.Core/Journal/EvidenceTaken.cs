using VisionRollout.Core.Evidence;

namespace VisionRollout.Core.Journal;

/// <summary>Evidence was taken outside a gate, e.g. by Test-Deployment.</summary>
/// <param name="Check">Which check, e.g. Test-Deployment blue.</param>
/// <param name="Verdict">All findings together.</param>
/// <param name="Findings">The evidence.</param>
public sealed record EvidenceTaken(string Check, Verdict Verdict, IReadOnlyList<Finding> Findings) : JournalEntry
{
    /// <summary>The evidence.</summary>
    public IReadOnlyList<Finding> Findings { get; init => field = IndexedList.Of(value); } = IndexedList.Of(Findings);
}
