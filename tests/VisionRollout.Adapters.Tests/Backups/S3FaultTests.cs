using VisionRollout.Adapters.Backups;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Evidence;
using VisionRollout.Tests.Postgres;

namespace VisionRollout.Tests.Backups;

/// <summary>What a network and a store do on a bad day, in front of the real store.</summary>
[Collection(nameof(S3Server))]
public sealed class S3FaultTests(PostgresServer server, NoisyDatabase noisy, S3Server s3) : IClassFixture<NoisyDatabase>
{
    private const int Limit = 240_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Passing => ["503 SlowDown on every part", "reset in the middle of every part", "answer to a part lost", "503 SlowDown on completion",
        "answer to the completion lost", "completion answers 200 with an error once", "answer to the manifest lost"];

    public static TheoryData<string, string> Lasting => new()
    {
        { "503 SlowDown", "BackupStoreFailed" }, { "403", "BackupStoreAccessDenied" }, { "reset", "BackupStoreFailed" }, { "lie", "BackupStoreFailed" },
        { "manifest 503", "BackupStoreFailed" }, { "manifest reset", "BackupStoreFailed" },
    };

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Passing))]
    public async Task A_fault_that_passes_costs_nothing(string name)
    {
        var place = await s3.OpenAsync();
        await using var proxy = new FaultProxy(place.Endpoint)
        {
            Fault = request => name switch
            {
                "503 SlowDown on every part" => request is { Part: > 0, Attempt: <= 2 } ? StoreFault.SlowDown : null,
                "reset in the middle of every part" => request is { Part: > 0, Attempt: 1 } ? new() { CutRequestAt = request.Length / 2 } : null,
                "answer to a part lost" => request is { Part: 2, Attempt: 1 } ? StoreFault.AnswerLost : null,
                "503 SlowDown on completion" => request is { IsCompletion: true, Attempt: <= 2 } ? StoreFault.SlowDown : null,
                "answer to the completion lost" => request is { IsCompletion: true, Attempt: 1 } ? StoreFault.AnswerLost : null,
                "completion answers 200 with an error once" => request is { IsCompletion: true, Attempt: 1 } ? StoreFault.Lie : null,
                "answer to the manifest lost" => request is { IsManifest: true, Attempt: 1 } ? StoreFault.AnswerLost : null,
                _ => throw new ArgumentOutOfRangeException(nameof(name)),
            },
        };
        using var bench = new BackupBench(await noisy.GetAsync(), place.Destination, endpoint: proxy.Endpoint);

        var backup = await bench.BackupAsync();

        Assert.Contains(proxy.Requests, request => request.Attempt > 1);
        Assert.Equal(Verdict.Go, (await bench.TestAsync(backup.Location)).Verdict);
        Assert.Empty(await place.UploadsAsync());
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Lasting))]
    public async Task A_fault_that_lasts_ends_the_backup_and_leaves_nothing_that_lists(string name, string error)
    {
        var place = await s3.OpenAsync();
        await using var proxy = new FaultProxy(place.Endpoint)
        {
            Fault = request => name switch
            {
                "503 SlowDown" => request.Part == 2 ? StoreFault.SlowDown : null,
                "403" => request.Part == 2 ? StoreFault.Refused : null,
                "reset" => request.Part == 2 ? new() { CutRequestAt = request.Length / 2 } : null,
                "lie" => request.IsCompletion ? StoreFault.Lie : null,
                "manifest 503" => request.IsManifest ? StoreFault.SlowDown : null,
                "manifest reset" => request.IsManifest ? StoreFault.AnswerLost : null,
                _ => throw new ArgumentOutOfRangeException(nameof(name)),
            },
        };
        using var bench = new BackupBench(await noisy.GetAsync(), place.Destination, endpoint: proxy.Endpoint, retries: 2);

        var failure = await Assert.ThrowsAsync<RolloutException>(() => bench.BackupAsync());

        Assert.Equal(error, failure.Id);
        Assert.Contains(place.Destination, failure.Message, StringComparison.Ordinal);
        Assert.Empty(await bench.ListAsync());
        Assert.Empty(await place.UploadsAsync());
        Assert.Empty(await place.ObjectsAsync());
    }

    [Fact(Timeout = Limit)]
    public async Task A_manifest_that_arrived_and_cannot_be_removed_keeps_its_data()
    {
        var place = await s3.OpenAsync();
        await using var proxy = new FaultProxy(place.Endpoint)
        {
            Fault = static request => request.IsManifest ? StoreFault.AnswerLost : request.IsManifestRemoval ? StoreFault.Refused : null,
        };
        using var bench = new BackupBench(await noisy.GetAsync(), place.Destination, endpoint: proxy.Endpoint, retries: 1);
        var lines = new List<string>();

        var failure = await Assert.ThrowsAsync<RolloutException>(() => bench.BackupAsync(onLine: lines.Add));

        Assert.Equal("BackupStoreFailed", failure.Id);
        Assert.Contains(lines, line => line.Contains("manifest.json could not be removed", StringComparison.Ordinal));
        Assert.Equal(Verdict.Go, (await bench.TestAsync(Assert.Single(await bench.ListAsync()).Location)).Verdict);
        Assert.Empty(await place.UploadsAsync());
    }

    [Fact(Timeout = Limit)]
    public async Task A_download_that_breaks_off_again_and_again_is_taken_up_where_it_broke()
    {
        var place = await s3.OpenAsync();
        await using var proxy = new FaultProxy(place.Endpoint) { Fault = static request => request is { IsDownload: true, Attempt: <= 4 } ? new() { CutAnswerAt = 3_000_000 } : null };
        using var bench = new BackupBench(await noisy.GetAsync(), place.Destination, endpoint: proxy.Endpoint);
        var backup = await bench.BackupAsync();

        Assert.Equal(Verdict.Go, (await bench.TestAsync(backup.Location)).Verdict);

        var downloads = proxy.Requests.Where(request => request.IsDownload).ToList();
        Assert.Equal(5, downloads.Count);
        Assert.Equal(0, downloads[0].From);
        // A reset takes what was not yet read with it: no attempt need get farther than the one before.
        Assert.Equal(downloads.Select(request => request.From).Order(), downloads.Select(request => request.From));
        Assert.True(downloads[^1].From > 0);
    }

    [Fact(Timeout = Limit)]
    public async Task A_download_that_never_gets_through_says_nothing_about_the_backup()
    {
        var place = await s3.OpenAsync();
        await using var proxy = new FaultProxy(place.Endpoint) { Fault = static request => request.IsDownload ? StoreFault.SlowDown : null };
        using var direct = new BackupBench(await server.CreateAsync("business", "CREATE TABLE t AS SELECT 1 AS n"), place.Destination, endpoint: place.Endpoint);
        var backup = await direct.BackupAsync();
        using var store = new S3Store(place.Bucket, backup.Location[$"s3://{place.Bucket}/".Length..], proxy.Endpoint, retries: 0);
        var manifest = await direct.Backups.ReadManifestAsync(backup.Location, Token);
        await using var reader = new VolumeReader(store, manifest.Objects, TimeProvider.System) { FirstPause = TimeSpan.FromMilliseconds(1) };

        var failure = await Assert.ThrowsAnyAsync<Exception>(() => reader.CopyToAsync(Stream.Null, Token));

        Assert.True(BackupStoreErrors.IsFromStore(failure), failure.ToString());
        Assert.Equal(RolloutErrorKind.Unavailable, BackupStoreErrors.From(failure, backup.Location).Kind);
    }

    [Fact(Timeout = Limit)]
    public async Task A_slow_download_restores()
    {
        var place = await s3.OpenAsync();
        await using var proxy = new FaultProxy(place.Endpoint) { Fault = static request => request.IsDownload ? new() { PieceBytes = 700 } : null };
        using var bench = new BackupBench(await server.CreateAsync("business", AwkwardSchema.Sql), place.Destination, endpoint: proxy.Endpoint);
        Assert.Equal(Verdict.Go, (await bench.TestAsync((await bench.BackupAsync()).Location)).Verdict);
    }

    [Fact(Timeout = Limit)]
    public async Task A_download_that_falls_silent_is_given_up_and_taken_up_again()
    {
        var place = await s3.OpenAsync();
        await using var proxy = new FaultProxy(place.Endpoint) { Fault = static request => request is { IsDownload: true, Attempt: 1 } ? new() { CutAnswerAt = 1000, GoesSilent = true } : null };
        using var bench = new BackupBench(await server.CreateAsync("business", AwkwardSchema.Sql), place.Destination, endpoint: proxy.Endpoint);
        var backup = await bench.BackupAsync();
        using var store = new S3Store(place.Bucket, backup.Location[$"s3://{place.Bucket}/".Length..], proxy.Endpoint);
        var manifest = await bench.Backups.ReadManifestAsync(backup.Location, Token);
        await using var reader = new VolumeReader(store, manifest.Objects, TimeProvider.System) { Silence = TimeSpan.FromSeconds(1) };

        // It checks the size and the SHA-256 itself.
        await reader.CopyToAsync(Stream.Null, Token);

        Assert.Equal([0, 1000], proxy.Requests.Where(request => request.IsDownload).Select(request => request.From));
    }
}
