using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using VisionRollout.Adapters.Postgres;
using VisionRollout.Core.Clock;
using VisionRollout.Core.Databases;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Evidence;

namespace VisionRollout.Adapters.Backups;

/// <summary>Backups with PostgreSQL's own programs, in a folder or an S3 store.</summary>
/// <param name="addresses">Where the databases are.</param>
/// <param name="stores">Opens stores.</param>
/// <param name="keys">Keys of encrypted backups.</param>
/// <param name="tools">PostgreSQL's programs.</param>
/// <param name="clock">The session's clock.</param>
public sealed class DatabaseBackups(DatabaseAddresses addresses, BackupStores stores, BackupKeys keys, PostgresTools tools, IRolloutClock clock) : IDatabaseBackups
{
    /// <inheritdoc/>
    public async Task<DatabaseBackup> BackupAsync(BackupRequest request, CancellationToken token)
    {
        if (request.Label.Length == 0 || request.Label.Any(letter => !char.IsAsciiLetterOrDigit(letter) && letter is not ('-' or '_' or '.')) || request.Label.StartsWith('.'))
        {
            throw new RolloutException("BackupLabelInvalid", RolloutErrorKind.InvalidInput, $"The label '{request.Label}' cannot stand in a name.",
                "Use letters, digits, '-', '_' and '.', for example pre-deployment-20261123.", request.Label);
        }

        var address = await addresses.FindAsync(request.Service, request.Credential, token);
        using var store = stores.Open(request.Destination);
        return await AtStoreAsync(store, async () => await new BackupRun(request, address, tools, store, await clock.GetNowAsync(token)).RunAsync(token));
    }

    /// <inheritdoc/>
    public async Task<RestoredDatabase> RestoreAsync(RestoreRequest request, CancellationToken token)
    {
        var watch = Stopwatch.StartNew();
        using var store = stores.Open(request.Location);
        var manifest = await ReadManifestAsync(store, token);
        var address = await addresses.FindAsync(request.Service, request.Credential, token);
        await using var server = await DatabaseServer.OpenAsync(address, token);
        var exists = await server.ExistsAsync(request.TargetDatabase, token);
        if (exists && !request.Overwrite)
        {
            throw new RolloutException("RestoreTargetExists", RolloutErrorKind.InvalidState, $"The database '{request.TargetDatabase}' on {address.Host}:{address.Port} exists.",
                "Name a new database, or replace this one with -Overwrite.", request.TargetDatabase);
        }

        // Under another name until it is complete: the old database stays until the new one can take its place.
        var coming = $"visionrollout_restore_{RandomNumberGenerator.GetHexString(12, lowercase: true)}";
        var run = new RestoreRun(manifest, store, server, address, tools)
        {
            NoOwner = request.NoOwner,
            Key = await keys.ForAsync(manifest, request.Key, token),
            OnProgress = request.OnProgress,
        };
        await AtStoreAsync(store, async () =>
        {
            await run.RunAsync(coming, token);
            return coming;
        });
        await TakePlaceAsync(server, coming, request.TargetDatabase, exists);
        return new(request.Service.Name, request.TargetDatabase, store.Root, exists, await server.SizeAsync(request.TargetDatabase, token), watch.Elapsed);
    }

    /// <inheritdoc/>
    public async Task<DatabaseBackupTest> TestAsync(BackupTestRequest request, CancellationToken token)
    {
        using var store = stores.Open(request.Location);
        var manifest = await ReadManifestAsync(store, token);
        var key = await keys.ForAsync(manifest, request.Key, token);
        var address = await addresses.FindAsync(request.Service, request.Credential, token);
        var now = await clock.GetNowAsync(token);
        return await AtStoreAsync(store, async () =>
        {
            var evidence = await new BackupTest(manifest, store, address, tools, now) { Key = key, OnProgress = request.OnProgress }.RunAsync(token);
            var name = string.Create(CultureInfo.InvariantCulture,
                $"{BackupEvidence.FilePrefix}{now.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}-{RandomNumberGenerator.GetHexString(4, lowercase: true)}.json");
            await store.WriteAsync(name, BackupJson.Write(evidence), token);
            return new DatabaseBackupTest
            {
                Service = manifest.Service,
                Label = manifest.Label,
                Location = store.Root,
                Verdict = evidence.Verdict,
                Findings = evidence.Findings,
                Evidence = $"{store.Root}/{name}",
                Duration = evidence.Duration,
                TestedAt = now,
            };
        });
    }

    /// <inheritdoc/>
    public async Task<T> OnScratchAsync<T>(BackupTestRequest request, Func<string, BackupManifest, CancellationToken, Task<T>> work, CancellationToken token)
    {
        using var store = stores.Open(request.Location);
        var manifest = await ReadManifestAsync(store, token);
        var key = await keys.ForAsync(manifest, request.Key, token);
        var address = await addresses.FindAsync(request.Service, request.Credential, token);
        await using var server = await DatabaseServer.OpenAsync(address, token);
        var scratch = await server.BeginScratchAsync(token);
        await AtStoreAsync(store, async () =>
        {
            await new RestoreRun(manifest, store, server, address, tools) { Key = key, OnProgress = request.OnProgress }.RunAsync(scratch, token);
            return scratch;
        });
        try
        {
            return await work(scratch, manifest, token);
        }
        finally
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
            await server.DropAsync(scratch, limit.Token);
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<DatabaseBackup> ListAsync(string destination, string? service, Action<RolloutException> onDamaged, [EnumeratorCancellation] CancellationToken token)
    {
        using var store = stores.Open(destination);
        var names = await AtStoreAsync(store, async () =>
        {
            var list = new List<string>();
            await foreach (var item in store.ListAsync(service ?? "", token)) list.Add(item.Name);
            return list;
        });
        var now = await clock.GetNowAsync(token);
        foreach (var group in names.GroupBy(name => name.Split('/')[0]).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            foreach (var backup in await ReadGroupAsync(store, [.. group], onDamaged, token)) yield return backup with { Age = now - backup.CreatedAt };
        }
    }

    /// <inheritdoc/>
    public async Task<BackupManifest> ReadManifestAsync(string location, CancellationToken token)
    {
        using var store = stores.Open(location);
        return await ReadManifestAsync(store, token);
    }

    /// <inheritdoc/>
    public Task<BackupKey> FindKeyAsync(string id, CancellationToken token) => keys.FindAsync(id, token);

    /// <inheritdoc/>
    public async Task RemoveAsync(string location, CancellationToken token)
    {
        using var store = stores.Open(location);
        await ReadManifestAsync(store, token);
        await AtStoreAsync(store, async () =>
        {
            await store.DeleteAsync(BackupManifest.FileName, token);
            var names = new List<string>();
            await foreach (var item in store.ListAsync("", token)) names.Add(item.Name);
            foreach (var name in names.Where(name => !name.Contains('/'))) await store.DeleteAsync(name, token);
            return names.Count;
        });
    }

    private static Task<BackupManifest> ReadManifestAsync(IBackupStore store, CancellationToken token) => AtStoreAsync(store, async () =>
    {
        try
        {
            await using var content = await store.OpenAsync(BackupManifest.FileName, 0, token);
            return await BackupJson.ReadAsync<BackupManifest>(content, token);
        }
        catch (FileNotFoundException exception)
        {
            throw new RolloutException("BackupNotFound", RolloutErrorKind.NotFound, $"There is no backup at {store.Root}: it has no manifest.",
                "List the backups with Get-ServiceDatabaseBackup.", store.Root, exception);
        }
        catch (JsonException exception)
        {
            throw new RolloutException("BackupManifestDamaged", RolloutErrorKind.Corrupt, $"The manifest at {store.Root} cannot be read: {exception.Message}",
                "Use another backup.", store.Root, exception);
        }
    });

    private async Task<IReadOnlyList<DatabaseBackup>> ReadGroupAsync(IBackupStore store, IReadOnlyList<string> names, Action<RolloutException> onDamaged, CancellationToken token)
    {
        var backups = new List<DatabaseBackup>();
        foreach (var name in names.Where(name => name.EndsWith("/" + BackupManifest.FileName, StringComparison.Ordinal)))
        {
            var folder = name[..^(BackupManifest.FileName.Length + 1)];
            try
            {
                using var place = stores.Open($"{store.Root}/{folder}");
                var evidence = names.Where(item => item.StartsWith($"{folder}/{BackupEvidence.FilePrefix}", StringComparison.Ordinal)).OrderDescending(StringComparer.Ordinal);
                backups.Add(DatabaseBackup.From(await ReadManifestAsync(place, token), place.Root, await ReadVerdictAsync(store, evidence, token)));
            }
            catch (RolloutException exception) when (exception.Kind is RolloutErrorKind.Corrupt or RolloutErrorKind.NotFound)
            {
                onDamaged(exception);
            }
        }

        return [.. backups.OrderByDescending(backup => backup.CreatedAt)];
    }

    // A test that was hindered says nothing: the newest one that decided counts.
    private static async Task<Verdict> ReadVerdictAsync(IBackupStore store, IEnumerable<string> newestFirst, CancellationToken token)
    {
        foreach (var name in newestFirst)
        {
            var verdict = await ReadVerdictAsync(store, name, token);
            if (verdict != Verdict.Undecided) return verdict;
        }

        return Verdict.Undecided;
    }

    private static Task<Verdict> ReadVerdictAsync(IBackupStore store, string name, CancellationToken token) => AtStoreAsync(store, async () =>
    {
        try
        {
            await using var content = await store.OpenAsync(name, 0, token);
            return (await BackupJson.ReadAsync<BackupEvidence>(content, token)).Verdict;
        }
        catch (JsonException)
        {
            return Verdict.Undecided;
        }
    });

    private static async Task TakePlaceAsync(DatabaseServer server, string coming, string target, bool exists)
    {
        // From here on it is shorter to finish than to go back.
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        try
        {
            if (exists) await server.DropAsync(target, limit.Token);
            await server.RenameAsync(coming, target, limit.Token);
        }
        catch (RolloutException exception)
        {
            throw new RolloutException("RestoreRenameFailed", RolloutErrorKind.Failed,
                $"The backup was restored as '{coming}', but could not take the name '{target}': {exception.Message}",
                $"Rename it by hand: ALTER DATABASE {coming} RENAME TO {target}.", target, exception);
        }
    }

    private static async Task<T> AtStoreAsync<T>(IBackupStore store, Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception exception) when (BackupStoreErrors.IsFromStore(exception))
        {
            throw BackupStoreErrors.From(exception, store.Root);
        }
    }
}
