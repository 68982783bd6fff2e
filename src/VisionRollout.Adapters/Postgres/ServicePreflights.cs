using VisionRollout.Core.Clock;
using VisionRollout.Core.Databases;
using VisionRollout.Core.Databases.Migrations;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Workloads;

namespace VisionRollout.Adapters.Postgres;

/// <summary>Runs pending migrations on a scratch database, in the service's own pod, before they run on the service's own database.</summary>
/// <param name="addresses">Where the databases are.</param>
/// <param name="backups">Makes scratch databases.</param>
/// <param name="pods">Runs commands in pods.</param>
/// <param name="clock">The session's clock.</param>
public sealed class ServicePreflights(DatabaseAddresses addresses, IDatabaseBackups backups, Func<IPodAccess> pods, IRolloutClock clock) : IMigrationPreflights
{
    /// <inheritdoc/>
    public async Task<MigrationPreflight> RunAsync(PreflightRequest request, CancellationToken token)
    {
        var service = request.Service;
        if (service.Database.Scratch.Count == 0)
        {
            throw new RolloutException("PreflightNotPlanned", RolloutErrorKind.InvalidInput, $"The plan does not say how the commands of service '{service.Name}' reach a scratch database.",
                "Add Scratch to the service's Database: the words that lead a command there, like @('env', 'PGDATABASE={Database}').", service.Name);
        }

        var watch = System.Diagnostics.Stopwatch.StartNew();
        var address = await addresses.FindAsync(service, request.Credential, token);
        await using var guard = await MigrationGuard.OpenAsync(address, request.LongTransaction, token);
        RequireFresh(await backups.ReadManifestAsync(request.Location, token), guard, request);
        var restore = new BackupTestRequest { Service = service, Location = request.Location, Credential = request.Credential, Key = request.Key, OnProgress = request.OnProgress };
        var capture = await backups.OnScratchAsync(restore, async (scratch, manifest, cancel) =>
        {
            await guard.LockAsync(cancel);
            return await new ScratchRun(request, address, scratch, pods(), guard).RunAsync(manifest.Ledger.Tables.ToDictionary(table => table.Name, table => table.Rows, StringComparer.Ordinal), cancel);
        }, token);
        var judged = MigrationJudge.Judge(capture, request.LargeTable);
        return judged with
        {
            Statements = [.. judged.Statements.Select(statement => statement with { Sql = address.Redact(statement.Sql) })],
            Location = request.Location, Duration = watch.Elapsed, TestedAt = await clock.GetNowAsync(token),
        };
    }

    private static void RequireFresh(BackupManifest manifest, MigrationGuard guard, PreflightRequest request)
    {
        if (manifest.SchemaVersions.ToHashSet(StringComparer.Ordinal).SetEquals(guard.Versions)) return;
        throw new RolloutException("PreflightBackupStale", RolloutErrorKind.InvalidState,
            $"The backup at {request.Location} holds schema version {Newest(manifest.SchemaVersions)}, the database of service '{request.Service.Name}' {Newest(guard.Versions)}.",
            "Take a new backup with Backup-ServiceDatabase, and test it.", request.Service.Name);
    }

    private static string Newest(IReadOnlyList<string> versions) => versions.Count > 0 ? versions[0] : "none";
}
