using VisionRollout.Core.Databases.Migrations;
using VisionRollout.Core.Evidence;

namespace VisionRollout.Core.Journal;

/// <summary>The pending migrations of a service were run on a scratch database and judged.</summary>
/// <param name="Service">The service.</param>
/// <param name="Location">Backup that the scratch database was made from.</param>
/// <param name="Verdict">The result.</param>
/// <param name="Reason">Why.</param>
/// <param name="Migrations">Whether each can be taken back.</param>
/// <param name="Findings">What the rules have against them.</param>
public sealed record MigrationsPreflighted(
    string Service, string Location, Verdict Verdict, string Reason, IReadOnlyList<MigrationClass> Migrations, IReadOnlyList<MigrationFinding> Findings) : JournalEntry
{
    /// <summary>Whether each can be taken back.</summary>
    public IReadOnlyList<MigrationClass> Migrations { get; init => field = IndexedList.Of(value); } = IndexedList.Of(Migrations);

    /// <summary>What the rules have against them.</summary>
    public IReadOnlyList<MigrationFinding> Findings { get; init => field = IndexedList.Of(value); } = IndexedList.Of(Findings);
}
