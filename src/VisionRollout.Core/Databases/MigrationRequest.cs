using System.Net;
using VisionRollout.Core.Plan;

namespace VisionRollout.Core.Databases;

/// <summary>A migration to run, or to take back, in a service's own pod.</summary>
public sealed record MigrationRequest
{
    /// <summary>The service.</summary>
    public required PlanService Service { get; init; }

    /// <summary>Deployment of which a ready pod runs the command.</summary>
    public required string Deployment { get; init; }

    /// <summary>Replaces the database credential for reading versions and watching locks; the command in the pod uses its own.</summary>
    public NetworkCredential? Credential { get; init; }

    /// <summary>How long the migration may wait for a lock before it is cancelled, so that what queues behind it runs again.</summary>
    public TimeSpan LockWait { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Takes each line of the command's output as it comes, and each note of the lock watch. Called from any thread.</summary>
    public Action<string> OnLine { get; init; } = static _ => { };
}
