using VisionRollout.Core.Evidence;

namespace VisionRollout.Core.Databases.Migrations;

/// <summary>The pending migrations of one service, run on a scratch database and judged.</summary>
public sealed record MigrationPreflight
{
    /// <summary>The plan's service.</summary>
    public required string Service { get; init; }

    /// <summary>Go: no rule is against it. NoGo: something blocks, breaks or fails. Undecided: not everything was seen.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>Why, in one sentence.</summary>
    public required string Reason { get; init; }

    /// <summary>Pending versions in the order in which they are applied.</summary>
    public IReadOnlyList<string> Pending { get; init => field = IndexedList.Of(value); } = [];

    /// <summary>The pending migrations.</summary>
    public IReadOnlyList<PreflightMigration> Migrations { get; init => field = IndexedList.Of(value); } = [];

    /// <summary>Their statements in order.</summary>
    public IReadOnlyList<PreflightStatement> Statements { get; init => field = IndexedList.Of(value); } = [];

    /// <summary>What the rules say besides the statements.</summary>
    public IReadOnlyList<MigrationFinding> Findings { get; init => field = IndexedList.Of(value); } = [];

    /// <summary>The serving version's checks on the migrated database.</summary>
    public IReadOnlyList<PreflightCheck> Checks { get; init => field = IndexedList.Of(value); } = [];

    /// <summary>Backup that the scratch database was made from.</summary>
    public string Location { get; init; } = "";

    /// <summary>Answer of that backup's newest test restore.</summary>
    public Verdict BackupVerified { get; init; }

    /// <summary>How long it took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>When it was done (UTC).</summary>
    public DateTimeOffset TestedAt { get; init; }

    /// <summary>Everything that a rule has against them, the worst first.</summary>
    public IReadOnlyList<MigrationFinding> Against() =>
        [.. Statements.SelectMany(statement => statement.Findings).Concat(Migrations.SelectMany(migration => migration.Findings)).Concat(Findings)
            .Where(finding => finding.Verdict != MigrationVerdict.Ok).OrderByDescending(finding => finding.Verdict)];
}
