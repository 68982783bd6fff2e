namespace VisionRollout.Core.Databases.Migrations;

/// <summary>A command with everything around it that a rule asks for.</summary>
internal sealed record CommandScene
{
    public required SqlCommand Command { get; init; }

    public required LoggedStatement Statement { get; init; }

    /// <summary>The commands of the same version before this one.</summary>
    public required IReadOnlyList<SqlCommand> Earlier { get; init; }

    public required MigrationCapture Capture { get; init; }

    /// <summary>Commit of the statement's version; null when it never came to it.</summary>
    public required MigrationCommit? Commit { get; init; }

    /// <summary>The schema before the statement's version.</summary>
    public required SchemaCatalogue Before { get; init; }

    /// <summary>The table of the serving version that it is about; null for a new one or none.</summary>
    public SchemaTable? Table { get; init; }

    /// <summary>Strongest lock on that table; null for none.</summary>
    public string? Mode { get; init; }

    /// <summary>How long that lock was held.</summary>
    public TimeSpan Held { get; init; }

    /// <summary>The schema that the serving version knows.</summary>
    public SchemaCatalogue Serving => Capture.Before;

    /// <summary>The table as the version left it; null when it is gone or the version was not committed.</summary>
    public SchemaTable? TableAfter => Table is null ? null : Commit?.Schema.Tables.FirstOrDefault(table => table.Oid == Table.Oid);

    /// <summary>True when it ran in the transaction that its version was committed in.</summary>
    public bool IsInTransaction => Table is not null && Commit is not null && Commit.Locks.Any(item => item.Oid == Table.Oid && RelationLock.StrengthOf(item.Mode) >= 3);

    /// <summary>True when the version wrote the table or one of its indexes anew.</summary>
    public bool WasRewritten => Table is not null && TableAfter is { } after && Before.Tables.FirstOrDefault(table => table.Oid == Table.Oid) is { } before
        && (after.File != before.File || before.Indexes.Any(index => after.Indexes.FirstOrDefault(item => item.Name == index.Name) is { } now && now.File != index.File));

    /// <summary>Whether the serving version's checks ran on the migrated database and passed.</summary>
    public bool ChecksPassed => Capture.Checks.Count > 0 && Capture.Checks.All(check => check.Passed);

    public MigrationFinding Blocks(MigrationRule rule, string reason, string remedy) => new(rule, MigrationVerdict.Blocks, reason, remedy, Table?.FullName ?? "");

    public MigrationFinding Breaks(MigrationRule rule, string reason, string remedy) => new(rule, MigrationVerdict.Breaks, reason, remedy, Table?.FullName ?? "");

    public MigrationFinding Warns(MigrationRule rule, string reason, string remedy) => new(rule, MigrationVerdict.Warning, reason, remedy, Table?.FullName ?? "");
}
