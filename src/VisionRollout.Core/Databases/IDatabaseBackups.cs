using System.Net;
using VisionRollout.Core.Plan;

namespace VisionRollout.Core.Databases;

/// <summary>Takes, lists, restores and proves backups.</summary>
public interface IDatabaseBackups
{
    /// <summary>Takes a backup. It exists only when this returns: on any failure nothing that lists as a backup is left.</summary>
    Task<DatabaseBackup> BackupAsync(BackupRequest request, CancellationToken token);

    /// <summary>Restores into a new database. On failure the target is as it was before.</summary>
    Task<RestoredDatabase> RestoreAsync(RestoreRequest request, CancellationToken token);

    /// <summary>Restores into a scratch database, compares it with the manifest, drops it, and keeps the evidence beside the manifest.</summary>
    /// <param name="service">The service on whose database server the scratch database is made.</param>
    /// <param name="location">Location of the backup.</param>
    /// <param name="credential">Replaces the database credential.</param>
    /// <param name="onProgress">Takes progress. Called from any thread.</param>
    /// <param name="token">Cancels; the scratch database is dropped all the same.</param>
    /// <returns>Go or NoGo; Undecided when the scratch database could not be made or reached.</returns>
    Task<DatabaseBackupTest> TestAsync(PlanService service, string location, NetworkCredential? credential, Action<BackupProgress> onProgress, CancellationToken token);

    /// <summary>The backups under a destination, newest first within a service. A damaged manifest is left out and told to <paramref name="onDamaged"/>.</summary>
    /// <param name="destination">Where backups go: <c>s3://bucket/prefix</c> or a folder.</param>
    /// <param name="service">Only this service; null: all.</param>
    /// <param name="onDamaged">Takes what cannot be read.</param>
    /// <param name="token">Cancels.</param>
    IAsyncEnumerable<DatabaseBackup> ListAsync(string destination, string? service, Action<Errors.RolloutException> onDamaged, CancellationToken token);

    /// <summary>Reads a backup's manifest.</summary>
    /// <exception cref="Errors.RolloutException"><c>BackupNotFound</c> or <c>BackupManifestDamaged</c>.</exception>
    Task<BackupManifest> ReadManifestAsync(string location, CancellationToken token);
}
