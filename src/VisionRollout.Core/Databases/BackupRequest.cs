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

    /// <summary>Encrypts the data; null: it is stored in plain.</summary>
    public BackupKey? Key { get; init; }

    /// <summary>How many backups run side by side: they share the memory for parts on the way.</summary>
    public int Parallel { get; init; } = 1;

    /// <summary>Unfinished uploads and data without a manifest that are older than this are deleted first.</summary>
    public TimeSpan SweepAfter { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Takes a line about what was done besides the backup. Called from any thread.</summary>
    public Action<string> OnLine { get; init; } = static _ => { };

    /// <summary>Replaces the database credential.</summary>
    public NetworkCredential? Credential { get; init; }

    /// <summary>Takes progress. Called from any thread.</summary>
    public Action<BackupProgress> OnProgress { get; init; } = static _ => { };
}
