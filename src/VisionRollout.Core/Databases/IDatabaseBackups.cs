namespace VisionRollout.Core.Databases;

/// <summary>Takes, lists, restores and proves backups.</summary>
public interface IDatabaseBackups
{
    /// <summary>Takes a backup. It exists only when this returns: on any failure nothing that lists as a backup is left.</summary>
    Task<DatabaseBackup> BackupAsync(BackupRequest request, CancellationToken token);

    /// <summary>Restores into a new database. On failure the target is as it was before.</summary>
    Task<RestoredDatabase> RestoreAsync(RestoreRequest request, CancellationToken token);

    /// <summary>Restores into a scratch database, compares it with the manifest, drops it, and keeps the evidence beside the manifest.</summary>
    /// <param name="request">Which backup, where.</param>
    /// <param name="token">Cancels; the scratch database is dropped all the same.</param>
    /// <returns>Go or NoGo; Undecided when the scratch database could not be made or reached.</returns>
    Task<DatabaseBackupTest> TestAsync(BackupTestRequest request, CancellationToken token);

    /// <summary>Restores a backup into a scratch database, does some work on it, and drops it.</summary>
    /// <param name="request">Which backup, where.</param>
    /// <param name="work">Takes the scratch database's name and the backup's manifest.</param>
    /// <param name="token">Cancels; the scratch database is dropped all the same.</param>
    /// <exception cref="Errors.RolloutException">The backup does not restore, or the server refuses.</exception>
    Task<T> OnScratchAsync<T>(BackupTestRequest request, Func<string, BackupManifest, CancellationToken, Task<T>> work, CancellationToken token);

    /// <summary>The backups under a destination, newest first within a service. A damaged manifest is left out and told to <paramref name="onDamaged"/>.</summary>
    /// <param name="destination">Where backups go: <c>s3://bucket/prefix</c> or a folder.</param>
    /// <param name="service">Only this service; null: all.</param>
    /// <param name="onDamaged">Takes what cannot be read.</param>
    /// <param name="token">Cancels.</param>
    IAsyncEnumerable<DatabaseBackup> ListAsync(string destination, string? service, Action<Errors.RolloutException> onDamaged, CancellationToken token);

    /// <summary>Deletes a backup: the manifest first, so that what is half deleted is no backup, then everything below its location.</summary>
    /// <exception cref="Errors.RolloutException"><c>BackupNotFound</c>.</exception>
    Task RemoveAsync(string location, CancellationToken token);

    /// <summary>Finds a key by its name: the Secret of that name.</summary>
    /// <exception cref="Errors.RolloutException"><c>BackupKeyInvalid</c>, or the Secret is missing.</exception>
    Task<BackupKey> FindKeyAsync(string id, CancellationToken token);

    /// <summary>Reads a backup's manifest.</summary>
    /// <exception cref="Errors.RolloutException"><c>BackupNotFound</c> or <c>BackupManifestDamaged</c>.</exception>
    Task<BackupManifest> ReadManifestAsync(string location, CancellationToken token);
}
