using VisionRollout.Core.Databases;

namespace VisionRollout.Core.Plan;

/// <summary>How backups are encrypted and how long they are kept.</summary>
public sealed record PlanBackups
{
    /// <summary>Secret of which the key <c>key</c> holds an AES-256 key (32 bytes, as base64 or hexadecimal digits); null: backups are not encrypted.</summary>
    public string? Key { get; init; }

    /// <summary>How many backups are kept.</summary>
    public BackupRetention Retention { get; init; } = BackupRetention.Standard;
}
