using VisionRollout.Core.Evidence;

namespace VisionRollout.Core.Journal;

/// <summary>Migrations of a service were taken back.</summary>
/// <param name="Service">The service.</param>
/// <param name="Before">Newest schema version before.</param>
/// <param name="After">Newest schema version after; empty when none.</param>
/// <param name="Versions">Versions that were taken back, newest first.</param>
public sealed record MigrationsUndone(string Service, string Before, string After, IReadOnlyList<string> Versions) : JournalEntry
{
    /// <summary>Versions.</summary>
    public IReadOnlyList<string> Versions { get; init => field = IndexedList.Of(value); } = IndexedList.Of(Versions);
}
