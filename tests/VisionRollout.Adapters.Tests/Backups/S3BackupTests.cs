using System.Security.Cryptography;
using Amazon.S3;
using VisionRollout.Adapters.Backups;
using VisionRollout.Core.Databases;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Evidence;
using VisionRollout.Tests.Postgres;

namespace VisionRollout.Tests.Backups;

/// <summary>The whole life of a backup on a real S3 store that checks signatures.</summary>
[Collection(nameof(S3Server))]
public sealed class S3BackupTests(PostgresServer server, S3Server s3)
{
    private const int Limit = 240_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A table of text that hardly compresses: about half a kilobyte a row is stored.</summary>
    internal static string Noise(int rows) =>
        $"CREATE TABLE noise AS SELECT n, (SELECT string_agg(md5(random()::text || n || k), '') FROM generate_series(1, 32) k) AS t FROM generate_series(1, {rows}) n";

    [Fact(Timeout = Limit)]
    public async Task A_backup_of_several_parts_lists_verifies_restores_and_is_removed()
    {
        var place = await s3.OpenAsync();
        await using var watched = new FaultProxy(place.Endpoint);
        using var bench = new BackupBench(await server.CreateAsync("business", AwkwardSchema.Sql, Noise(35_000)), place.Destination, endpoint: watched.Endpoint);

        var backup = await bench.BackupAsync();

        Assert.StartsWith($"{place.Destination}/business/pre-deployment-20261123/", backup.Location, StringComparison.Ordinal);
        var parts = watched.Requests.Where(request => request.Part > 0).ToList();
        Assert.Equal(S3Parts.Bytes, parts.Max(part => part.Length));
        Assert.Equal(backup.Bytes, parts.Sum(part => part.Length));
        Assert.True(parts.Count > 2, $"{backup.Bytes} bytes in {parts.Count} parts");
        Assert.InRange(watched.MostPartsAtOnce, 1, S3Parts.Concurrency(1));
        Assert.Empty(await place.UploadsAsync());
        var stored = Assert.Single((await bench.Backups.ReadManifestAsync(backup.Location, Token)).Objects);
        Assert.Matches("-[0-9]+\"?$", stored.ETag);
        Assert.Null(stored.VersionId);
        Assert.Equal(Verdict.Undecided, Assert.Single(await bench.ListAsync()).Verified);

        Assert.Equal(Verdict.Go, (await bench.TestAsync(backup.Location)).Verdict);
        Assert.Equal(Verdict.Go, Assert.Single(await bench.ListAsync()).Verified);

        var target = $"{bench.Database.Name}_restored";
        await bench.Backups.RestoreAsync(new() { Service = bench.Database.Service, Location = backup.Location, TargetDatabase = target }, Token);
        var restored = bench.Database.PlainService;
        restored = restored with { Database = restored.Database with { Name = target } };
        Assert.Equal((await bench.Databases.ReadLedgerAsync(bench.Database.Service, null, Token)).Tables,
            (await bench.Databases.ReadLedgerAsync(restored, bench.Database.Credential, Token)).Tables);

        await bench.Backups.RemoveAsync(backup.Location, Token);
        Assert.Empty(await bench.ListAsync());
        Assert.Empty(await place.ObjectsAsync());
    }

    [Fact(Timeout = Limit)]
    public async Task Where_the_bucket_keeps_versions_the_manifest_names_the_objects_own()
    {
        var given = await s3.OpenAsync();
        var place = given with { Bucket = $"versions-{given.Prefix}" };
        using var client = place.Client();
        await client.PutBucketAsync(place.Bucket, Token);
        await client.PutBucketVersioningAsync(new() { BucketName = place.Bucket, VersioningConfig = new() { Status = VersionStatus.Enabled } }, Token);
        using var bench = new BackupBench(await server.CreateAsync("business", "CREATE TABLE t AS SELECT 1 AS n"), place.Destination, endpoint: place.Endpoint);

        var backup = await bench.BackupAsync();

        var stored = Assert.Single((await bench.Backups.ReadManifestAsync(backup.Location, Token)).Objects);
        var versions = (await client.ListVersionsAsync(place.Bucket, Token)).Versions;
        Assert.Equal(versions.Single(version => version.Key.EndsWith(stored.Name, StringComparison.Ordinal)).VersionId, stored.VersionId);
        Assert.Equal(Verdict.Go, (await bench.TestAsync(backup.Location)).Verdict);
    }

    [Fact(Timeout = Limit)]
    public async Task An_encrypted_backup_goes_up_unreadable_and_restores_with_its_key_only()
    {
        var place = await s3.OpenAsync();
        using var bench = new BackupBench(await server.CreateAsync("business", AwkwardSchema.Sql), place.Destination, endpoint: place.Endpoint);
        var key = new BackupKey("backup-2026", RandomNumberGenerator.GetBytes(32));

        var backup = await bench.BackupAsync(key: key);

        Assert.Equal(Verdict.Go, (await bench.TestAsync(backup.Location, key)).Verdict);
        Assert.Equal("BackupKeyWrong", (await Assert.ThrowsAsync<RolloutException>(() => bench.TestAsync(backup.Location, new("backup-2026", RandomNumberGenerator.GetBytes(32))))).Id);
        using var client = place.Client();
        using var stored = await client.GetObjectAsync(place.Bucket, (await place.ObjectsAsync()).Single(name => name.EndsWith("database.dump.zst", StringComparison.Ordinal)), Token);
        var begin = new byte[8];
        await stored.ResponseStream.ReadExactlyAsync(begin, Token);
        Assert.Equal("VRSEAL01"u8, begin);
    }

    [Fact(Timeout = Limit)]
    public async Task A_wrong_secret_key_is_told_as_such_and_never_shown()
    {
        var place = await s3.OpenAsync();
        using var bench = new BackupBench(await server.CreateAsync("business", "CREATE TABLE t AS SELECT 1 AS n"), place.Destination, endpoint: place.Endpoint);
        var right = Environment.GetEnvironmentVariable("AWS_SECRET_ACCESS_KEY");
        RolloutException failure;
        try
        {
            Environment.SetEnvironmentVariable("AWS_SECRET_ACCESS_KEY", "wrong-" + PostgresServer.Sentinel);
            failure = await Assert.ThrowsAsync<RolloutException>(() => bench.BackupAsync());
        }
        finally
        {
            Environment.SetEnvironmentVariable("AWS_SECRET_ACCESS_KEY", right);
        }

        Assert.Equal(("BackupStoreAccessDenied", RolloutErrorKind.AccessDenied), (failure.Id, failure.Kind));
        Assert.Contains(place.Destination, failure.Message, StringComparison.Ordinal);
        Assert.Contains("AWS variables", failure.Remedy, StringComparison.Ordinal);
        Assert.DoesNotContain(PostgresServer.Sentinel, failure.ToString(), StringComparison.Ordinal);
        Assert.Empty(await place.ObjectsAsync());
    }

    [Fact(Timeout = Limit)]
    public async Task A_bucket_that_does_not_exist_is_named()
    {
        var place = await s3.OpenAsync();
        using var bench = new BackupBench(await server.CreateAsync("business", "CREATE TABLE t AS SELECT 1 AS n"), $"s3://no-such-{place.Prefix}/x", endpoint: place.Endpoint);
        var failure = await Assert.ThrowsAsync<RolloutException>(() => bench.BackupAsync());
        Assert.Equal("BackupStoreNotFound", failure.Id);
        Assert.Contains($"no-such-{place.Prefix}", failure.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task What_interrupted_backups_left_in_the_store_is_swept_and_nothing_else()
    {
        var place = await s3.OpenAsync();
        using var bench = new BackupBench(await server.CreateAsync("business", "CREATE TABLE t AS SELECT 1 AS n"), place.Destination, endpoint: place.Endpoint);
        var good = await bench.BackupAsync();
        using var client = place.Client();
        string[] left = [$"{place.Prefix}/business/l/20260101T000000Z-aaaa/database.dump.zst", $"{place.Prefix}/business/l/20260101T000000Z-bbbb/database.dump.zst"];
        string[] others = [$"{place.Prefix}/business/notes.txt", $"{place.Prefix}/core/l/20260101T000000Z-cccc/database.dump.zst"];
        await client.InitiateMultipartUploadAsync(place.Bucket, left[0], Token);
        await client.InitiateMultipartUploadAsync(place.Bucket, others[1], Token);
        await client.PutObjectAsync(new() { BucketName = place.Bucket, Key = left[1], ContentBody = "x", UseChunkEncoding = false }, Token);
        await client.PutObjectAsync(new() { BucketName = place.Bucket, Key = others[0], ContentBody = "x", UseChunkEncoding = false }, Token);
        var lines = new List<string>();

        // A store tells times in whole seconds, rounded up.
        await bench.BackupAsync(onLine: lines.Add, sweepAfter: TimeSpan.FromSeconds(-5));

        Assert.Equal(2, lines.Count);
        Assert.All(left, key => Assert.Contains(lines, line => line.EndsWith(key, StringComparison.Ordinal)));
        Assert.Equal([others[1]], await place.UploadsAsync());
        var objects = await place.ObjectsAsync();
        Assert.Contains(others[0], objects);
        Assert.DoesNotContain(left[1], objects);
        Assert.Equal(Verdict.Go, (await bench.TestAsync(good.Location)).Verdict);
    }

    [Fact(Timeout = Limit)]
    public async Task A_killed_pg_dump_leaves_neither_object_nor_upload()
    {
        var place = await s3.OpenAsync();
        var database = await server.CreateAsync("business", Noise(20_000));
        using var scripts = new BackupBench(database);
        using var bench = new BackupBench(database, place.Destination, scripts.ScriptedDump("REAL \"$@\" | head -c 15000000\nkill -9 $$"), place.Endpoint);

        Assert.Equal("BackupDumpFailed", (await Assert.ThrowsAsync<RolloutException>(() => bench.BackupAsync())).Id);

        Assert.Empty(await place.UploadsAsync());
        Assert.Empty(await place.ObjectsAsync());
    }

    [Theory(Timeout = Limit)]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(10_000_000)]
    public async Task A_download_begins_where_it_is_told_to(long offset)
    {
        var place = await s3.OpenAsync();
        using var store = new S3Store(place.Bucket, place.Prefix, place.Endpoint);
        var content = RandomNumberGenerator.GetBytes(20_000_000);
        await using (var upload = await store.CreateAsync("object", 1, Token))
        {
            await upload.WriteAsync(content, Token);
            await upload.CommitAsync(Token);
        }

        await using var stream = await store.OpenAsync("object", offset, Token);
        using var read = new MemoryStream();
        await stream.CopyToAsync(read, Token);

        Assert.Equal(content.Length, await store.FindSizeAsync("object", Token));
        Assert.True(content.AsSpan((int)offset).SequenceEqual(read.ToArray()));
    }
}
