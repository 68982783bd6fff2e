using VisionRollout.Core.Evidence;

namespace VisionRollout.Core.Journal;

/// <summary>A step failed.</summary>
/// <param name="Phase">Name of the phase.</param>
/// <param name="Step">Name of the step within its phase.</param>
/// <param name="Error">What went wrong.</param>
/// <param name="Trigger">Trigger of the risk matrix; empty when none.</param>
/// <param name="Findings">The evidence.</param>
public sealed record StepFailed(string Phase, string Step, string Error, string Trigger, IReadOnlyList<Finding> Findings) : JournalEntry
{
    /// <summary>The evidence.</summary>
    public IReadOnlyList<Finding> Findings { get; init => field = IndexedList.Of(value); } = IndexedList.Of(Findings);
}
