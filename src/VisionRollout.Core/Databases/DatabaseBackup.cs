using VisionRollout.Core.Evidence;

namespace VisionRollout.Core.Databases;

/// <summary>A complete backup of one service's database.</summary>
public sealed record DatabaseBackup
{
    /// <summary>The plan's service.</summary>
    public required string Service { get; init; }

    /// <summary>Database that was backed up.</summary>
    public required string Database { get; init; }

    /// <summary>Label.</summary>
    public required string Label { get; init; }

    /// <summary>Where it is: <c>s3://bucket/…</c> or a folder.</summary>
    public required string Location { get; init; }

    /// <summary>Stored size in bytes.</summary>
    public required long Bytes { get; init; }

    /// <summary>Size of the database in bytes.</summary>
    public required long SourceBytes { get; init; }

    /// <summary>How long it took.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>SHA-256 of the stored data, lower-case hexadecimal.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Number of tables.</summary>
    public required int Tables { get; init; }

    /// <summary>Number of rows in all tables.</summary>
    public required long Rows { get; init; }

    /// <summary>When it was started (UTC).</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Rollout it belongs to; null outside one.</summary>
    public string? RolloutId { get; init; }

    /// <summary>Answer of its newest test restore; Undecided when it was never tested.</summary>
    public Verdict Verified { get; init; }

    /// <summary>Name of the key it is encrypted with; null when it is not.</summary>
    public string? KeyId { get; init; }

    /// <summary>Time since it was started, when it was listed; null when it was just taken.</summary>
    public TimeSpan? Age { get; init; }

    /// <summary>Describes a backup from its manifest.</summary>
    public static DatabaseBackup From(BackupManifest manifest, string location, Verdict verified = Verdict.Undecided) => new()
    {
        Service = manifest.Service,
        Database = manifest.Database,
        Label = manifest.Label,
        Location = location,
        Bytes = manifest.Objects.Sum(item => item.Bytes),
        SourceBytes = manifest.SourceBytes,
        Duration = manifest.Duration,
        Sha256 = manifest.Objects.Count > 0 ? manifest.Objects[0].Sha256 : "",
        Tables = manifest.Ledger.Tables.Count,
        Rows = manifest.Ledger.Rows,
        CreatedAt = manifest.CreatedAt,
        RolloutId = manifest.RolloutId,
        Verified = verified,
        KeyId = manifest.KeyId,
    };
}
