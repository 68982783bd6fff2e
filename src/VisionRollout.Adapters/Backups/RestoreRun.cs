using System.Diagnostics;
using VisionRollout.Adapters.Postgres;
using VisionRollout.Core.Databases;
using VisionRollout.Core.Errors;

namespace VisionRollout.Adapters.Backups;

/// <summary>Makes a new database from a backup.</summary>
internal sealed class RestoreRun(BackupManifest manifest, IBackupStore store, DatabaseServer server, DatabaseAddress address, PostgresTools tools)
{
    /// <summary>Leaves ownership and privileges out.</summary>
    public bool NoOwner { get; init; }

    /// <summary>Takes progress.</summary>
    public Action<BackupProgress> OnProgress { get; init; } = static _ => { };

    /// <summary>Makes the database and restores into it; whatever fails, it is dropped again.</summary>
    /// <exception cref="RolloutException">The backup is damaged or does not restore, or the server refuses.</exception>
    public async Task RunAsync(string database, CancellationToken token)
    {
        if (server.Major < manifest.ServerMajor)
        {
            throw new RolloutException("RestoreServerTooOld", RolloutErrorKind.InvalidState,
                $"The backup comes from PostgreSQL {manifest.ServerMajor}, the server here is {server.Major}.", "Restore on a server that is not older.", manifest.Service);
        }

        var tool = await tools.FindAsync("pg_restore", Math.Max(server.Major, manifest.ToolMajor), token);
        await server.CreateAsync(database, manifest.Locale, token);
        try
        {
            foreach (var item in manifest.Objects) await RestoreAsync(tool, item, database, token);
        }
        catch
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
            await server.DropAsync(database, limit.Token);
            throw;
        }
    }

    private async Task RestoreAsync(PostgresTool tool, BackupObject item, string database, CancellationToken token)
    {
        var watch = Stopwatch.StartNew();
        await using var content = await OpenAsync(item, token);
        using var stored = new MeasuringStream(content);
        var process = new RestoreProcess(tool, address.With(database), NoOwner,
            fed => OnProgress(new(manifest.Service, fed, item.DumpBytes, stored.Bytes, watch.Elapsed)));
        await process.RunAsync(stored, token);
        if (stored.Sha256() == item.Sha256) return;
        throw new RolloutException("BackupDamaged", RolloutErrorKind.Corrupt,
            $"The stored object '{item.Name}' in {store.Root} is not the one that was written: its SHA-256 differs from the manifest.",
            "Use another backup; this one was changed after it was taken.", store.Root);
    }

    private async Task<Stream> OpenAsync(BackupObject item, CancellationToken token)
    {
        try
        {
            return await store.OpenAsync(item.Name, token);
        }
        catch (FileNotFoundException exception)
        {
            throw new RolloutException("BackupDamaged", RolloutErrorKind.Corrupt, $"The stored object '{item.Name}' is missing in {store.Root}.",
                "Use another backup; this one is incomplete.", store.Root, exception);
        }
    }
}
