using VisionRollout.Core.Plan;

namespace VisionRollout.Core.Databases;

/// <summary>Measures whether data was lost since a backup: the ledger in its manifest against the database now.</summary>
/// <param name="databases">The databases.</param>
/// <param name="backups">The backups.</param>
public sealed class DataIntegrity(IServiceDatabases databases, IDatabaseBackups backups)
{
    /// <summary>Compares each service's database with the ledger in the manifest of its backup.</summary>
    /// <param name="before">Location of the backup by service.</param>
    /// <param name="token">Cancels.</param>
    /// <exception cref="Errors.RolloutException">A backup or a database cannot be read.</exception>
    public async Task<LedgerComparison> CompareAsync(IReadOnlyDictionary<PlanService, string> before, CancellationToken token)
    {
        var parts = new List<LedgerComparison>();
        foreach (var (service, location) in before)
        {
            var manifest = await backups.ReadManifestAsync(location, token);
            parts.Add(LedgerComparison.Of(manifest.Ledger, await databases.ReadLedgerAsync(service, null, token)));
        }

        return LedgerComparison.Join(parts);
    }
}
