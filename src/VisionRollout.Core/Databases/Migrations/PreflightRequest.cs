using System.Net;
using VisionRollout.Core.Plan;

namespace VisionRollout.Core.Databases.Migrations;

/// <summary>A preflight to make.</summary>
public sealed record PreflightRequest
{
    /// <summary>The service.</summary>
    public required PlanService Service { get; init; }

    /// <summary>Deployment of which a ready pod runs the commands.</summary>
    public required string Deployment { get; init; }

    /// <summary>Location of the backup that the scratch database is made from.</summary>
    public required string Location { get; init; }

    /// <summary>Key of an encrypted backup; null: the Secret of the key's name.</summary>
    public BackupKey? Key { get; init; }

    /// <summary>Size in bytes from which on a table counts as large.</summary>
    public long LargeTable { get; init; } = MigrationJudge.LargeTable;

    /// <summary>Age from which on an open transaction in the service's own database is told.</summary>
    public TimeSpan LongTransaction { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Replaces the database credential; the commands in the pod use their own.</summary>
    public NetworkCredential? Credential { get; init; }

    /// <summary>Takes each line of the commands' output as it comes. Called from any thread.</summary>
    public Action<string> OnLine { get; init; } = static _ => { };

    /// <summary>Takes progress of the restore. Called from any thread.</summary>
    public Action<BackupProgress> OnProgress { get; init; } = static _ => { };
}
