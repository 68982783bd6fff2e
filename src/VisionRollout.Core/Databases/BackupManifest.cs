namespace VisionRollout.Core.Databases;

/// <summary>Everything known about a backup. It is written last: without it there is no backup.</summary>
public sealed record BackupManifest
{
    /// <summary>Name of the manifest in the backup's location.</summary>
    public const string FileName = "manifest.json";

    /// <summary>Version of this format.</summary>
    public int Format { get; init; } = 1;

    /// <summary>The plan's service.</summary>
    public required string Service { get; init; }

    /// <summary>Database that was backed up.</summary>
    public required string Database { get; init; }

    /// <summary>Label, e.g. <c>pre-deployment-20261123</c>.</summary>
    public required string Label { get; init; }

    /// <summary>Rollout it belongs to; null outside one.</summary>
    public string? RolloutId { get; init; }

    /// <summary>When it was started, by the session's clock (UTC).</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>How long it took.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>What wrote it, e.g. <c>pg_dump (PostgreSQL) 15.14</c>.</summary>
    public required string Tool { get; init; }

    /// <summary>Major version of that program: what restores it is not older.</summary>
    public required int ToolMajor { get; init; }

    /// <summary>Version of the server, e.g. <c>15.14</c>.</summary>
    public required string Server { get; init; }

    /// <summary>Major version of the server: it is restored on none that is older.</summary>
    public required int ServerMajor { get; init; }

    /// <summary>Exported snapshot that dump and ledger share.</summary>
    public required string Snapshot { get; init; }

    /// <summary>Position in the write-ahead log when the snapshot was taken.</summary>
    public required string Lsn { get; init; }

    /// <summary>Encoding and locale.</summary>
    public required DatabaseLocale Locale { get; init; }

    /// <summary>Size of the database in bytes (<c>pg_database_size</c>).</summary>
    public required long SourceBytes { get; init; }

    /// <summary>Name of the key that the data is encrypted with; null when it is not.</summary>
    public string? KeyId { get; init; }

    /// <summary>Tells a wrong key from damaged data: the first 8 bytes of HMAC-SHA256(key, "visionrollout key check"), hexadecimal.</summary>
    public string? KeyCheck { get; init; }

    /// <summary>Roles that own something or were granted something: a restore with owners and privileges needs them.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>The data: volumes of one stream, in order.</summary>
    public required IReadOnlyList<BackupObject> Objects { get; init; }

    /// <summary>Row count and digest of every table, on the same snapshot as the dump.</summary>
    public required DatabaseLedger Ledger { get; init; }

    /// <summary>Sequences.</summary>
    public required IReadOnlyList<BackupSequence> Sequences { get; init; }

    /// <summary>Extensions.</summary>
    public required IReadOnlyList<BackupExtension> Extensions { get; init; }

    /// <summary>Indexes and constraints that were not in force (invalid, NOT VALID) when it was taken.</summary>
    public IReadOnlyList<string> NotInForce { get; init; } = [];

    /// <summary>Versions in <c>schema_migrations</c>, newest first.</summary>
    public required IReadOnlyList<string> SchemaVersions { get; init; }
}
