using System.Diagnostics;
using VisionRollout.Adapters.Postgres;
using VisionRollout.Core.Databases;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Evidence;

namespace VisionRollout.Adapters.Backups;

/// <summary>Proves one backup by restoring it into a scratch database.</summary>
internal sealed class BackupTest(BackupManifest manifest, IBackupStore store, DatabaseAddress address, PostgresTools tools, DateTimeOffset now)
{
    private readonly Stopwatch watch = Stopwatch.StartNew();
    private readonly BackupComparison comparison = new(manifest, now);
    private string serverVersion = "";

    /// <summary>Key of an encrypted backup.</summary>
    public BackupKey? Key { get; init; }

    /// <summary>Takes progress.</summary>
    public Action<BackupProgress> OnProgress { get; init; } = static _ => { };

    /// <summary>Restores, compares, drops, and returns the evidence.</summary>
    public async Task<BackupEvidence> RunAsync(CancellationToken token)
    {
        var findings = await FindAsync(token);
        return new()
        {
            Location = store.Root,
            TestedAt = now,
            Duration = watch.Elapsed,
            Server = serverVersion,
            Verdict = Verdicts.All(findings),
            Findings = findings,
        };
    }

    private async Task<IReadOnlyList<Finding>> FindAsync(CancellationToken token)
    {
        var sizes = await SizesAsync(token);
        if (sizes.Verdict == Verdict.NoGo) return [sizes];
        try
        {
            return [sizes, .. await RestoreAsync(token)];
        }
        catch (RolloutException exception)
        {
            return [sizes, Restores(exception)];
        }
    }

    private async Task<Finding> SizesAsync(CancellationToken token)
    {
        var differences = new List<string>();
        foreach (var item in manifest.Objects)
        {
            var size = await store.FindSizeAsync(item.Name, token);
            if (size is null) differences.Add($"{item.Name} is missing");
            else if (size != item.Bytes) differences.Add($"{item.Name} has {size} bytes, not {item.Bytes}");
        }

        return comparison.Answer("BackupComplete", differences, "The stored data is there in full size.");
    }

    private async Task<IReadOnlyList<Finding>> RestoreAsync(CancellationToken token)
    {
        await using var server = await DatabaseServer.OpenAsync(address, token);
        serverVersion = server.Version;
        var scratch = await server.BeginScratchAsync(token);
        await new RestoreRun(manifest, store, server, address, tools) { Key = Key, OnProgress = OnProgress }.RunAsync(scratch, token);
        try
        {
            return [comparison.Answer("BackupRestores", [], "It restores without an error, and its SHA-256 is the manifest's."),
                .. await comparison.CompareAsync(address.With(scratch), token)];
        }
        finally
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
            await server.DropAsync(scratch, limit.Token);
        }
    }

    // What hindered the test says nothing about the backup.
    private Finding Restores(RolloutException exception) => comparison.Answer("BackupRestores", [exception.Message.TrimEnd('.')], "") with
    {
        Verdict = exception.Kind is RolloutErrorKind.Corrupt || exception.Id == "RestoreFailed" ? Verdict.NoGo : Verdict.Undecided,
    };
}
