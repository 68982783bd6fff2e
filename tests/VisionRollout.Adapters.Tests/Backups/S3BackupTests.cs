using System.Net;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Evidence;
using VisionRollout.Tests.Postgres;

namespace VisionRollout.Tests.Backups;

public sealed class S3BackupTests : IDisposable
{
    private const int Limit = 120_000;
    private const string Destination = "s3://backups/production";

    // Text that does not compress: three parts.
    private const string Large = "CREATE TABLE noise AS SELECT n, (SELECT string_agg(md5(random()::text || n || k), '') FROM generate_series(1, 32) k) AS t FROM generate_series(1, 30000) n";

    private readonly PostgresServer server;
    private readonly string? key = Environment.GetEnvironmentVariable("AWS_ACCESS_KEY_ID");
    private readonly string? secret = Environment.GetEnvironmentVariable("AWS_SECRET_ACCESS_KEY");

    public S3BackupTests(PostgresServer server)
    {
        this.server = server;
        if (key is not null) return;
        Environment.SetEnvironmentVariable("AWS_ACCESS_KEY_ID", "test");
        Environment.SetEnvironmentVariable("AWS_SECRET_ACCESS_KEY", "test-secret");
    }

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("AWS_ACCESS_KEY_ID", key);
        Environment.SetEnvironmentVariable("AWS_SECRET_ACCESS_KEY", secret);
    }

    [Fact(Timeout = Limit)]
    public async Task A_backup_goes_up_in_bounded_parts_and_restores()
    {
        await using var store = new FaultyS3();
        using var bench = new BackupBench(await server.CreateAsync("business", Large), Destination, endpoint: store.Endpoint);

        var backup = await bench.BackupAsync();

        Assert.StartsWith("s3://backups/production/business/pre-deployment-20261123/", backup.Location, StringComparison.Ordinal);
        Assert.True(store.PartsStored > 1, $"{backup.Bytes} bytes in {store.PartsStored} parts");
        Assert.InRange(store.MostAtOnce, 1, 4);
        Assert.Equal(0, store.OpenUploads);
        Assert.Equal(Verdict.Go, (await bench.TestAsync(backup.Location)).Verdict);
        Assert.Equal(Verdict.Go, Assert.Single(await bench.ListAsync()).Verified);
    }

    [Fact(Timeout = Limit)]
    public async Task A_store_that_is_briefly_overloaded_gets_every_part_in_the_end()
    {
        await using var store = new FaultyS3 { PartFault = static (_, attempt) => attempt <= 2 ? HttpStatusCode.ServiceUnavailable : null };
        using var bench = new BackupBench(await server.CreateAsync("business", Large), Destination, endpoint: store.Endpoint);
        Assert.Equal(Verdict.Go, (await bench.TestAsync((await bench.BackupAsync()).Location)).Verdict);
    }

    [Fact(Timeout = Limit)]
    public async Task A_part_that_is_refused_aborts_the_upload_and_leaves_nothing()
    {
        await using var store = new FaultyS3 { PartFault = static (number, _) => number == 2 ? HttpStatusCode.Forbidden : null };
        using var bench = new BackupBench(await server.CreateAsync("business", Large), Destination, endpoint: store.Endpoint);

        var failure = await Assert.ThrowsAsync<RolloutException>(() => bench.BackupAsync());

        Assert.Equal("BackupStoreAccessDenied", failure.Id);
        Assert.Equal(0, store.OpenUploads);
        Assert.Empty(store.Objects);
    }

    [Fact(Timeout = Limit)]
    public async Task A_completion_that_says_200_and_fails_is_no_backup()
    {
        await using var store = new FaultyS3 { CompletionLies = true };
        using var bench = new BackupBench(await server.CreateAsync("business", Large), Destination, endpoint: store.Endpoint);

        await Assert.ThrowsAsync<RolloutException>(() => bench.BackupAsync());

        Assert.Equal(0, store.OpenUploads);
        Assert.Empty(await bench.ListAsync());
    }

    [Fact(Timeout = Limit)]
    public async Task A_killed_pg_dump_aborts_the_upload()
    {
        await using var store = new FaultyS3();
        var database = await server.CreateAsync("business", Large);
        using var place = new BackupBench(database);
        using var bench = new BackupBench(database, Destination, place.ScriptedDump("REAL \"$@\" | head -c 20000000\nkill -9 $$"), store.Endpoint);

        Assert.Equal("BackupDumpFailed", (await Assert.ThrowsAsync<RolloutException>(() => bench.BackupAsync())).Id);

        Assert.Equal(0, store.OpenUploads);
        Assert.Empty(store.Objects);
    }

    [Fact(Timeout = Limit)]
    public async Task A_real_store_takes_and_gives_back_a_backup()
    {
        var endpoint = Environment.GetEnvironmentVariable("VISIONROLLOUT_TEST_S3_ENDPOINT");
        Assert.SkipWhen(string.IsNullOrEmpty(endpoint), "VISIONROLLOUT_TEST_S3_ENDPOINT names no store (bucket: VISIONROLLOUT_TEST_S3_BUCKET, credentials: AWS variables).");
        var bucket = Environment.GetEnvironmentVariable("VISIONROLLOUT_TEST_S3_BUCKET") ?? "visionrollout-test";
        using var bench = new BackupBench(await server.CreateAsync("business", Large), $"s3://{bucket}/{Guid.NewGuid():N}", endpoint: new Uri(endpoint!));
        var backup = await bench.BackupAsync();
        Assert.Equal(Verdict.Go, (await bench.TestAsync(backup.Location)).Verdict);
    }
}
