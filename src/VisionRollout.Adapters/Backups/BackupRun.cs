using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Npgsql;
using VisionRollout.Adapters.Postgres;
using VisionRollout.Core.Databases;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace VisionRollout.Adapters.Backups;

/// <summary>Takes one backup: snapshot, then dump and ledger side by side, then the manifest.</summary>
internal sealed class BackupRun(BackupRequest request, DatabaseAddress address, PostgresTools tools, IBackupStore store, DateTimeOffset now)
{
    /// <summary>Name of the first data object in the backup's folder.</summary>
    public const string DataName = "database.dump.zst";

    private const int CompressionLevel = 1;
    private readonly Stopwatch watch = Stopwatch.StartNew();
    private long dumped;

    /// <summary>Largest size of one data object in bytes.</summary>
    public long VolumeBytes { get; init; } = S3Parts.VolumeBytes;

    /// <summary>Takes the backup.</summary>
    public async Task<DatabaseBackup> RunAsync(CancellationToken token)
    {
        await using var lead = await SnapshotLead.OpenAsync(address, token);
        var tool = await tools.FindAsync("pg_dump", lead.ServerMajor, token);
        foreach (var left in await new BackupSweep(store, request.Service.Name, request.SweepAfter, TimeProvider.System).RunAsync(token))
            request.OnLine($"Left by an interrupted backup, removed: {store.Root}/{left}");
        var name = string.Create(CultureInfo.InvariantCulture,
            $"{request.Service.Name}/{request.Label}/{now.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}-{RandomNumberGenerator.GetHexString(4, lowercase: true)}");
        await using var volumes = new VolumeWriter(store, $"{name}/{DataName}", VolumeBytes, request.Parallel);
        var tables = await StoreAsync(lead, tool, volumes, token);
        var manifest = Manifest(lead, tool, Objects(volumes), tables);
        try
        {
            await store.WriteAsync($"{name}/{BackupManifest.FileName}", BackupJson.Write(manifest), token);
        }
        catch
        {
            // It may have arrived all the same: what is not reported as taken must not list either. What may still list must not lose its data.
            if (await TryDeleteAsync($"{name}/{BackupManifest.FileName}")) await volumes.DeleteAsync();
            throw;
        }

        return DatabaseBackup.From(manifest, $"{store.Root}/{name}");
    }

    private async Task<IReadOnlyList<TableDigest>> StoreAsync(SnapshotLead lead, PostgresTool tool, VolumeWriter volumes, CancellationToken token)
    {
        await using var sealing = request.Key is { } key ? new SealingStream(volumes, key) : null;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(token);
        var dump = DumpAsync(lead, tool, sealing ?? (Stream)volumes, volumes, either.Token);
        var ledger = LedgerAsync(lead, either.Token);
        await BothAsync(dump, ledger, either);
        if (sealing is not null) await sealing.CompleteAsync(token);
        await volumes.CommitAsync(token);
        return await ledger;
    }

    private async Task DumpAsync(SnapshotLead lead, PostgresTool tool, Stream stored, VolumeWriter volumes, CancellationToken token)
    {
        await using var compressor = new CompressionStream(stored, CompressionLevel, leaveOpen: true);
        compressor.SetParameter(ZSTD_cParameter.ZSTD_c_nbWorkers, Math.Clamp(Environment.ProcessorCount / request.Parallel, 1, 4));
        await DumpProcess.RunAsync(tool, address, lead.Snapshot, async (chunk, cancel) =>
        {
            await compressor.WriteAsync(chunk, cancel);
            dumped += chunk.Length;
            request.OnProgress(new(request.Service.Name, dumped, lead.DumpEstimate, volumes.Bytes, watch.Elapsed));
        }, token);
    }

    private async Task<IReadOnlyList<TableDigest>> LedgerAsync(SnapshotLead lead, CancellationToken token)
    {
        try
        {
            return await lead.ReadLedgerAsync(token);
        }
        catch (Exception exception) when (exception is NpgsqlException or IOException)
        {
            throw PostgresErrors.From(exception, address);
        }
    }

    // The first failure ends the other; both have ended when this returns, and the first failure is the one that is told.
    private static async Task BothAsync(Task first, Task second, CancellationTokenSource either)
    {
        var ended = await Task.WhenAny(first, second);
        if (!ended.IsCompletedSuccessfully) await either.CancelAsync();
        var other = ended == first ? second : first;
        try
        {
            await other;
        }
        catch when (!ended.IsCompletedSuccessfully)
        {
            // It was told to end.
        }

        await ended;
    }

    // True when it is known not to be there.
    private async Task<bool> TryDeleteAsync(string name)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        try
        {
            await store.DeleteAsync(name, limit.Token);
            return true;
        }
        catch (Exception exception) when (exception is OperationCanceledException || BackupStoreErrors.IsFromStore(exception))
        {
            request.OnLine($"{store.Root}/{name} could not be removed, so its data stays: {exception.Message}");
            return false;
        }
    }

    private IReadOnlyList<BackupObject> Objects(VolumeWriter volumes)
    {
        var format = request.Key is null ? "zstd, pg_dump custom" : "AES-256-GCM segments, zstd, pg_dump custom";
        return [.. volumes.Objects.Select((item, index) => item with { Format = format, DumpBytes = index == 0 ? dumped : 0 })];
    }

    private BackupManifest Manifest(SnapshotLead lead, PostgresTool tool, IReadOnlyList<BackupObject> data, IReadOnlyList<TableDigest> tables) => new()
    {
        Service = request.Service.Name,
        Database = address.Database,
        Label = request.Label,
        RolloutId = request.RolloutId,
        CreatedAt = now,
        Duration = watch.Elapsed,
        Tool = tool.Version,
        ToolMajor = tool.Major,
        Server = lead.Server,
        ServerMajor = lead.ServerMajor,
        Snapshot = lead.Snapshot,
        Lsn = lead.Lsn,
        Locale = lead.Locale,
        SourceBytes = lead.SourceBytes,
        KeyId = request.Key?.Id,
        KeyCheck = request.Key is { } key ? SealFormat.Check(key) : null,
        Objects = data,
        Ledger = new() { Service = request.Service.Name, Database = address.Database, TakenAt = now, Transactions = lead.Transactions.ToString(), Form = lead.Form, Tables = tables },
        Sequences = lead.Sequences,
        Extensions = lead.Extensions,
        Roles = lead.Roles,
        NotInForce = lead.NotInForce,
        SchemaVersions = lead.SchemaVersions,
    };
}
