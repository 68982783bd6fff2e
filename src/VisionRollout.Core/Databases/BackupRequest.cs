using System.Net;
using VisionRollout.Core.Plan;

namespace VisionRollout.Core.Databases;

/// <summary>A backup to take.</summary>
public sealed record BackupRequest
{
    /// <summary>The service.</summary>
    public required PlanService Service { get; init; }

    /// <summary>Where backups go: <c>s3://bucket/prefix</c> or a folder.</summary>
    public required string Destination { get; init; }

    /// <summary>Label.</summary>
    public required string Label { get; init; }

    /// <summary>Rollout that it belongs to; null outside one.</summary>
    public string? RolloutId { get; init; }

    /// <summary>Replaces the database credential.</summary>
    public NetworkCredential? Credential { get; init; }

    /// <summary>Takes progress. Called from any thread.</summary>
    public Action<BackupProgress> OnProgress { get; init; } = static _ => { };
}
