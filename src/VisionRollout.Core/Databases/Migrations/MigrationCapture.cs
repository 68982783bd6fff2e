namespace VisionRollout.Core.Databases.Migrations;

/// <summary>Everything that was seen of a run of the pending migrations on a scratch database: what the rules judge.</summary>
public sealed record MigrationCapture
{
    /// <summary>The plan's service.</summary>
    public required string Service { get; init; }

    /// <summary>Versions applied before.</summary>
    public IReadOnlyList<string> Applied { get; init; } = [];

    /// <summary>The schema before.</summary>
    public required SchemaCatalogue Before { get; init; }

    /// <summary>Statements in order, without those of the tool itself.</summary>
    public IReadOnlyList<LoggedStatement> Statements { get; init; } = [];

    /// <summary>Versions in the order of their commits.</summary>
    public IReadOnlyList<MigrationCommit> Commits { get; init; } = [];

    /// <summary>The schema after all of them.</summary>
    public required SchemaCatalogue After { get; init; }

    /// <summary>Why the command failed, in the tool's words; null when it did not.</summary>
    public string? Failure { get; init; }

    /// <summary>Rows by table (<c>schema.name</c>) when the backup was taken.</summary>
    public IReadOnlyDictionary<string, long> Rows { get; init; } = new Dictionary<string, long>();

    /// <summary>The serving version's checks on the migrated database, as far as the plan names any.</summary>
    public IReadOnlyList<PreflightCheck> Checks { get; init; } = [];

    /// <summary>The versions taken back one by one, newest first; empty when the plan names no undo command.</summary>
    public IReadOnlyList<MigrationUndoTrial> Undos { get; init; } = [];

    /// <summary>True when the plan names an undo command.</summary>
    public bool HasUndo { get; init; }

    /// <summary>What stands in the way in the service's own database.</summary>
    public DatabaseFacts Facts { get; init; } = DatabaseFacts.None;
}
