using VisionRollout.Core.Evidence;

namespace VisionRollout.Core.Journal;

/// <summary>Migrations of a service were applied.</summary>
/// <param name="Service">The service.</param>
/// <param name="Before">Newest schema version before; empty when none.</param>
/// <param name="After">Newest schema version after.</param>
/// <param name="Versions">Versions that were applied, oldest first.</param>
/// <param name="Seconds">Duration.</param>
public sealed record MigrationsApplied(string Service, string Before, string After, IReadOnlyList<string> Versions, double Seconds) : JournalEntry
{
    /// <summary>True when they were found later, because whoever ran the command was interrupted: more may have been applied since.</summary>
    public bool Interrupted { get; init; }

    /// <summary>Versions.</summary>
    public IReadOnlyList<string> Versions { get; init => field = IndexedList.Of(value); } = IndexedList.Of(Versions);
}
