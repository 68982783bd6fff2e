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

    /// <summary>How long somebody else may wait for a lock that the migration holds or queues for.</summary>
    public TimeSpan VictimWait { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How many others may wait behind the migration.</summary>
    public int VictimLimit { get; init; } = 5;

    /// <summary>How often the command is run when only a lock was in its way: it was cancelled by the watch, or ended with SQLSTATE 55P03
    /// (lock_not_available) or 40P01 (deadlock_detected).</summary>
    public int Attempts { get; init; } = 10;

    /// <summary>Pause before the attempt after this one (from 1): full jitter, up to 1, 2, 4, … 30 s
    /// (Brooker, Exponential Backoff and Jitter, AWS Architecture Blog, 2015).</summary>
    public Func<int, TimeSpan> Pause { get; init; } = static attempt => TimeSpan.FromSeconds(Random.Shared.NextDouble() * Math.Min(30, Math.Pow(2, attempt - 1)));

    /// <summary>Takes each line of the command's output as it comes, and each note of the lock watch. Called from any thread.</summary>
    public Action<string> OnLine { get; init; } = static _ => { };
}
