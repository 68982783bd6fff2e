using Amazon.S3;
using VisionRollout.Tests.Shared;

[assembly: AssemblyFixture(typeof(VisionRollout.Tests.Backups.S3Server))]

namespace VisionRollout.Tests.Backups;

/// <summary>The S3 store of the tests: the one that VISIONROLLOUT_TEST_S3_ENDPOINT names (credentials: the usual AWS variables; bucket:
/// VISIONROLLOUT_TEST_S3_BUCKET, default visionrollout-test), or OpenStack Swift, started when a test first asks for it.</summary>
public sealed class S3Server : IAsyncDisposable
{
    private readonly Lazy<Task<S3Place>> started;
    private SwiftServer? swift;

    public S3Server() => started = new(StartAsync);

    /// <summary>A prefix of its own in the store's bucket; skips the test where no store can be had.</summary>
    internal async Task<S3Place> OpenAsync()
    {
        var place = await started.Value;
        if (place.Obstacle is { } obstacle) Assert.Skip(obstacle);
        return place with { Prefix = Guid.NewGuid().ToString("N") };
    }

    public async ValueTask DisposeAsync()
    {
        if (swift is not null) await swift.DisposeAsync();
    }

    private async Task<S3Place> StartAsync()
    {
        var bucket = Environment.GetEnvironmentVariable("VISIONROLLOUT_TEST_S3_BUCKET") ?? "visionrollout-test";
        if (Environment.GetEnvironmentVariable("VISIONROLLOUT_TEST_S3_ENDPOINT") is { Length: > 0 } given) return new(new Uri(given), bucket, null);
        if (await SwiftServer.FindObstacleAsync() is { } obstacle) return new(new Uri("http://127.0.0.1:1/"), bucket, obstacle);
        swift = await SwiftServer.StartAsync(CancellationToken.None);
        // The module takes credentials from the SDK's own places, as a user gives them.
        Environment.SetEnvironmentVariable("AWS_ACCESS_KEY_ID", SwiftServer.AccessKey);
        Environment.SetEnvironmentVariable("AWS_SECRET_ACCESS_KEY", SwiftServer.SecretKey);
        var place = new S3Place(swift.Endpoint, bucket, null);
        using var client = place.Client();
        await client.PutBucketAsync(bucket);
        return place;
    }
}
