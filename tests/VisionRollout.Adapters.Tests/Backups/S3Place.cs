using Amazon.S3;
using Amazon.S3.Model;
using VisionRollout.Tests.Shared;

namespace VisionRollout.Tests.Backups;

/// <summary>A place in the S3 store of the tests.</summary>
/// <param name="Endpoint">Address of the store.</param>
/// <param name="Bucket">Bucket.</param>
/// <param name="Obstacle">Why there is no store; null when there is one.</param>
internal sealed record S3Place(Uri Endpoint, string Bucket, string? Obstacle)
{
    /// <summary>What is ours in the bucket.</summary>
    public string Prefix { get; init; } = "";

    public string Destination => $"s3://{Bucket}/{Prefix}";

    /// <summary>The SDK's own client, to look at the store without the module.</summary>
    public AmazonS3Client Client() => new(new AmazonS3Config { ServiceURL = Endpoint.AbsoluteUri, ForcePathStyle = true, AuthenticationRegion = SwiftServer.Region });

    /// <summary>Keys of the objects below the prefix.</summary>
    public async Task<IReadOnlyList<string>> ObjectsAsync()
    {
        using var client = Client();
        return [.. ((await client.ListObjectsV2Async(new() { BucketName = Bucket, Prefix = Prefix })).S3Objects ?? []).Select(item => item.Key)];
    }

    /// <summary>Keys of the unfinished uploads below the prefix.</summary>
    public async Task<IReadOnlyList<string>> UploadsAsync()
    {
        using var client = Client();
        return [.. ((await client.ListMultipartUploadsAsync(new ListMultipartUploadsRequest { BucketName = Bucket, Prefix = Prefix })).MultipartUploads ?? []).Select(item => item.Key)];
    }
}
