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
    private const string DataName = "database.dump.zst";
    private const int CompressionLevel = 1;
    private readonly Stopwatch watch = Stopwatch.StartNew();
    private long dumped;

    /// <summary>Takes the backup.</summary>
    public async Task<DatabaseBackup> RunAsync(CancellationToken token)
    {
        await using var lead = await SnapshotLead.OpenAsync(address, token);
        var tool = await tools.FindAsync("pg_dump", lead.ServerMajor, token);
        var name = string.Create(CultureInfo.InvariantCulture,
            $"{request.Service.Name}/{request.Label}/{now.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}-{RandomNumberGenerator.GetHexString(4, lowercase: true)}");
        var (data, tables) = await StoreAsync(lead, tool, name, token);
        var manifest = Manifest(lead, tool, data, tables);
        try
        {
            await store.WriteAsync($"{name}/{BackupManifest.FileName}", BackupJson.Write(manifest), token);
        }
        catch
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            await store.DeleteAsync($"{name}/{DataName}", limit.Token);
            throw;
        }

        return DatabaseBackup.From(manifest, $"{store.Root}/{name}");
    }

    private async Task<(BackupObject Data, IReadOnlyList<TableDigest> Tables)> StoreAsync(SnapshotLead lead, PostgresTool tool, string name, CancellationToken token)
    {
        await using var upload = await store.CreateAsync($"{name}/{DataName}", lead.SourceBytes, token);
        using var stored = new MeasuringStream(upload);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(token);
        var dump = DumpAsync(lead, tool, stored, either.Token);
        var ledger = LedgerAsync(lead, either.Token);
        await BothAsync(dump, ledger, either);
        await upload.CommitAsync(token);
        return (new(DataName, stored.Bytes, stored.Sha256(), "zstd, pg_dump custom", dumped), await ledger);
    }

    private async Task DumpAsync(SnapshotLead lead, PostgresTool tool, MeasuringStream stored, CancellationToken token)
    {
        await using var compressor = new CompressionStream(stored, CompressionLevel, leaveOpen: true);
        compressor.SetParameter(ZSTD_cParameter.ZSTD_c_nbWorkers, Math.Clamp(Environment.ProcessorCount, 1, 4));
        await DumpProcess.RunAsync(tool, address, lead.Snapshot, async (chunk, cancel) =>
        {
            await compressor.WriteAsync(chunk, cancel);
            dumped += chunk.Length;
            request.OnProgress(new(request.Service.Name, dumped, lead.SourceBytes, stored.Bytes, watch.Elapsed));
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

    private BackupManifest Manifest(SnapshotLead lead, PostgresTool tool, BackupObject data, IReadOnlyList<TableDigest> tables) => new()
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
        Objects = [data],
        Ledger = new() { Service = request.Service.Name, Database = address.Database, TakenAt = now, Tables = tables },
        Sequences = lead.Sequences,
        Extensions = lead.Extensions,
        NotInForce = lead.NotInForce,
        SchemaVersions = lead.SchemaVersions,
    };
}
