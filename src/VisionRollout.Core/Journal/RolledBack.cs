using VisionRollout.Core.Evidence;

namespace VisionRollout.Core.Journal;

/// <summary>The rollout was taken back.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Seconds">From the decision to the confirmation of the traffic.</param>
/// <param name="Done">What was taken back.</param>
/// <param name="NotDone">What could not be taken back, and why.</param>
public sealed record RolledBack(string Reason, double Seconds, IReadOnlyList<string> Done, IReadOnlyList<string> NotDone) : JournalEntry
{
    /// <summary>What was taken back.</summary>
    public IReadOnlyList<string> Done { get; init => field = IndexedList.Of(value); } = IndexedList.Of(Done);

    /// <summary>What was not.</summary>
    public IReadOnlyList<string> NotDone { get; init => field = IndexedList.Of(value); } = IndexedList.Of(NotDone);
}
