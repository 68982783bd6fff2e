using System.Net;
using VisionRollout.Core.Plan;

namespace VisionRollout.Core.Databases;

/// <summary>A test restore to make.</summary>
public sealed record BackupTestRequest
{
    /// <summary>The service on whose database server the scratch database is made.</summary>
    public required PlanService Service { get; init; }

    /// <summary>Location of the backup.</summary>
    public required string Location { get; init; }

    /// <summary>Replaces the database credential.</summary>
    public NetworkCredential? Credential { get; init; }

    /// <summary>Key of an encrypted backup; null: the Secret of the key's name.</summary>
    public BackupKey? Key { get; init; }

    /// <summary>Takes progress. Called from any thread.</summary>
    public Action<BackupProgress> OnProgress { get; init; } = static _ => { };
}
