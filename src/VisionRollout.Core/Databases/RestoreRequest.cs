using System.Net;
using VisionRollout.Core.Plan;

namespace VisionRollout.Core.Databases;

/// <summary>A restore to make.</summary>
public sealed record RestoreRequest
{
    /// <summary>The service on whose database server it is made.</summary>
    public required PlanService Service { get; init; }

    /// <summary>Location of the backup.</summary>
    public required string Location { get; init; }

    /// <summary>Name of the database to make.</summary>
    public required string TargetDatabase { get; init; }

    /// <summary>Replaces an existing database of that name, after the new one is complete.</summary>
    public bool Overwrite { get; init; }

    /// <summary>Leaves ownership and privileges out, for a server that lacks the roles.</summary>
    public bool NoOwner { get; init; }

    /// <summary>Key of an encrypted backup; null: the Secret of the key's name.</summary>
    public BackupKey? Key { get; init; }

    /// <summary>Replaces the database credential.</summary>
    public NetworkCredential? Credential { get; init; }

    /// <summary>Takes progress. Called from any thread.</summary>
    public Action<BackupProgress> OnProgress { get; init; } = static _ => { };
}
