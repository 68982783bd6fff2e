namespace VisionRollout.Core.Databases.Migrations;

/// <summary>Runs pending migrations on a scratch database first.</summary>
public interface IMigrationPreflights
{
    /// <summary>Restores a backup into a scratch database, runs the pending migrations, the serving version's checks and the undo there, judges
    /// what was seen, and drops the scratch database. The service's own database is not changed, and its versions are locked meanwhile.</summary>
    /// <param name="request">Which service, from which backup.</param>
    /// <param name="token">Cancels; the scratch database is dropped all the same.</param>
    /// <exception cref="Errors.RolloutException"><c>PreflightNotPlanned</c>: the plan does not say how commands reach the scratch database.
    /// <c>PreflightBackupStale</c>: the backup holds other versions than the database. <c>PreflightNotRedirected</c>: a command went for the
    /// service's own database; it was stopped before it changed anything. Or the restore or the pod fails.</exception>
    Task<MigrationPreflight> RunAsync(PreflightRequest request, CancellationToken token);
}
