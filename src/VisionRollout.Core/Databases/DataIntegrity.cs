using VisionRollout.Core.Plan;

namespace VisionRollout.Core.Databases;

/// <summary>Measures whether data was lost since a backup: the ledger in its manifest against the database now.</summary>
/// <param name="databases">The databases.</param>
/// <param name="backups">The backups.</param>
public sealed class DataIntegrity(IServiceDatabases databases, IDatabaseBackups backups)
{
    /// <summary>Compares a service's database with the ledger in the manifest of its backup, outside the tables that the plan's Rewrites names.</summary>
    /// <param name="service">The service.</param>
    /// <param name="location">Location of the backup.</param>
    /// <param name="token">Cancels.</param>
    /// <exception cref="Errors.RolloutException">The backup or the database cannot be read.</exception>
    public async Task<LedgerComparison> CompareAsync(PlanService service, string location, CancellationToken token)
    {
        var before = (await backups.ReadManifestAsync(location, token)).Ledger;
        return LedgerComparison.Of(before, await databases.ReadLedgerSinceAsync(service, before, null, token), service.Database.Rewrites);
    }
}
