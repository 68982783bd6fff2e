using VisionRollout.Core.Evidence;

namespace VisionRollout.Core.Journal;

/// <summary>Lines that a migration command, or its undo, has printed, and notes of the lock watch between them.</summary>
/// <param name="Service">The service.</param>
/// <param name="Lines">The lines, in order; passwords are left out.</param>
public sealed record MigrationOutput(string Service, IReadOnlyList<string> Lines) : JournalEntry
{
    /// <summary>The lines, in order; passwords are left out.</summary>
    public IReadOnlyList<string> Lines { get; init => field = IndexedList.Of(value); } = IndexedList.Of(Lines);
}
