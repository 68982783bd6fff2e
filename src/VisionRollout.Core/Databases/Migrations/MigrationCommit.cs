namespace VisionRollout.Core.Databases.Migrations;

/// <summary>What was seen just before a version's row in schema_migrations was committed, or its removal.</summary>
public sealed record MigrationCommit
{
    /// <summary>The version.</summary>
    public required string Version { get; init; }

    /// <summary>True when the version was taken back.</summary>
    public bool Undone { get; init; }

    /// <summary>Time since the transaction began.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>lock_timeout of the session; zero: it waits without end.</summary>
    public TimeSpan LockTimeout { get; init; }

    /// <summary>Locks on tables that the transaction held.</summary>
    public IReadOnlyList<RelationLock> Locks { get; init; } = [];

    /// <summary>Rows that the transaction wrote.</summary>
    public IReadOnlyList<RowsWritten> Written { get; init; } = [];

    /// <summary>The schema as it left it.</summary>
    public required SchemaCatalogue Schema { get; init; }
}
