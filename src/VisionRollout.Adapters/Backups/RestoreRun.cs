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

    /// <summary>Key of an encrypted backup.</summary>
    public BackupKey? Key { get; init; }

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

        await RequireAsync(token);
        var tool = await tools.FindAsync("pg_restore", Math.Max(server.Major, manifest.ToolMajor), token);
        await server.CreateAsync(database, manifest.Locale, token);
        try
        {
            await RestoreAsync(tool, database, token);
        }
        catch
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
            await server.DropAsync(database, limit.Token);
            throw;
        }
    }

    // What the server lacks is known before an hour of restoring, and all of it at once.
    private async Task RequireAsync(CancellationToken token)
    {
        var extensions = await server.MissingExtensionsAsync(manifest.Extensions.Select(item => item.Name), token);
        if (extensions.Count > 0)
        {
            throw new RolloutException("RestoreExtensionMissing", RolloutErrorKind.InvalidState,
                $"The server {address.Host}:{address.Port} lacks extensions of the backup: {string.Join(", ", extensions)}.", "Install their packages on the server first.", manifest.Service);
        }

        var roles = NoOwner ? [] : await server.MissingRolesAsync(manifest.Roles, token);
        if (roles.Count == 0) return;
        throw new RolloutException("RestoreRoleMissing", RolloutErrorKind.InvalidState,
            $"The server {address.Host}:{address.Port} lacks roles that own something in the backup or were granted something: {string.Join(", ", roles)}.",
            "Create them first, or restore with -NoOwner.", manifest.Service);
    }

    private async Task RestoreAsync(PostgresTool tool, string database, CancellationToken token)
    {
        var watch = Stopwatch.StartNew();
        await using var stored = new VolumeReader(store, manifest.Objects, TimeProvider.System);
        await using var opened = Key is null ? null : new UnsealingStream(stored, Key);
        var total = manifest.Objects.Sum(item => item.DumpBytes);
        var process = new RestoreProcess(tool, address.With(database), NoOwner, fed => OnProgress(new(manifest.Service, fed, total, stored.Bytes, watch.Elapsed)));
        await process.RunAsync(opened ?? (Stream)stored, token);
        await stored.CopyToAsync(Stream.Null, token);
    }
}
