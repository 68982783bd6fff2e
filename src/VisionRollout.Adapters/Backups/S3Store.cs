using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace VisionRollout.Adapters.Backups;

/// <summary>Backups in a bucket of AWS S3 or of a store that speaks its protocol. Credentials come from the SDK's own places
/// (variables, profile, instance role).</summary>
public sealed class S3Store : IBackupStore
{
    private readonly AmazonS3Client client;
    private readonly string bucket;
    private readonly string prefix;
    private readonly bool portable;

    /// <summary>Describes the store; nothing is contacted yet.</summary>
    /// <param name="bucket">Bucket.</param>
    /// <param name="prefix">Prefix without slashes at its ends; may be empty.</param>
    /// <param name="endpoint">Endpoint of a store other than AWS; null: AWS.</param>
    /// <param name="retries">How often a request that failed for the moment is sent again, with growing pauses.</param>
    public S3Store(string bucket, string prefix, Uri? endpoint, int retries = BackupStores.Retries)
    {
        this.bucket = bucket;
        this.prefix = prefix.Length == 0 ? "" : prefix + "/";
        portable = endpoint is not null;
        client = new AmazonS3Client(Configuration(endpoint, retries));
        Root = $"s3://{bucket}{(prefix.Length == 0 ? "" : "/" + prefix)}";
    }

    /// <inheritdoc/>
    public string Root { get; }

    /// <inheritdoc/>
    public async Task<BackupUploadStream> CreateAsync(string name, int parallel, CancellationToken token)
    {
        var key = prefix + name;
        var answer = await client.InitiateMultipartUploadAsync(new InitiateMultipartUploadRequest { BucketName = bucket, Key = key }, token);
        return new S3UploadStream(client, bucket, key, answer.UploadId, S3Parts.Concurrency(parallel), portable);
    }

    /// <inheritdoc/>
    public async Task WriteAsync(string name, ReadOnlyMemory<byte> content, CancellationToken token)
    {
        using var body = new MemoryStream(content.ToArray(), writable: false);
        await client.PutObjectAsync(new PutObjectRequest
        {
            BucketName = bucket,
            Key = prefix + name,
            InputStream = body,
            UseChunkEncoding = !portable,
            MD5Digest = S3UploadStream.Md5(content.Span),
        }, token);
    }

    /// <inheritdoc/>
    public async Task<Stream> OpenAsync(string name, long offset, CancellationToken token)
    {
        try
        {
            var request = new GetObjectRequest { BucketName = bucket, Key = prefix + name };
            if (offset > 0) request.ByteRange = new ByteRange(string.Create(CultureInfo.InvariantCulture, $"bytes={offset}-"));
            var answer = await client.GetObjectAsync(request, token);
            return answer.ResponseStream;
        }
        catch (AmazonS3Exception exception) when (exception.StatusCode == HttpStatusCode.NotFound)
        {
            throw new FileNotFoundException($"{Root}/{name} does not exist.", name, exception);
        }
    }

    /// <inheritdoc/>
    public async Task<long?> FindSizeAsync(string name, CancellationToken token)
    {
        try
        {
            return (await client.GetObjectMetadataAsync(new GetObjectMetadataRequest { BucketName = bucket, Key = prefix + name }, token)).ContentLength;
        }
        catch (AmazonS3Exception exception) when (exception.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<BackupStoreItem> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken token)
    {
        var below = this.prefix + (prefix.Length == 0 ? "" : prefix + "/");
        var request = new ListObjectsV2Request { BucketName = bucket, Prefix = below };
        ListObjectsV2Response page;
        do
        {
            page = await client.ListObjectsV2Async(request, token);
            foreach (var item in page.S3Objects ?? []) yield return new(item.Key[this.prefix.Length..], item.Size ?? 0, Utc(item.LastModified));
            request.ContinuationToken = page.NextContinuationToken;
        }
        while (page.IsTruncated == true);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> SweepUploadsAsync(string prefix, DateTimeOffset before, CancellationToken token)
    {
        var removed = new List<string>();
        var request = new ListMultipartUploadsRequest { BucketName = bucket, Prefix = this.prefix + (prefix.Length == 0 ? "" : prefix + "/") };
        ListMultipartUploadsResponse page;
        do
        {
            page = await client.ListMultipartUploadsAsync(request, token);
            foreach (var upload in (page.MultipartUploads ?? []).Where(upload => Utc(upload.Initiated) < before))
            {
                await client.AbortMultipartUploadAsync(new AbortMultipartUploadRequest { BucketName = bucket, Key = upload.Key, UploadId = upload.UploadId }, token);
                removed.Add(upload.Key[this.prefix.Length..]);
            }

            (request.KeyMarker, request.UploadIdMarker) = (page.NextKeyMarker, page.NextUploadIdMarker);
        }
        while (page.IsTruncated == true);
        return removed;
    }

    /// <inheritdoc/>
    public async Task DeleteAsync(string name, CancellationToken token)
    {
        try
        {
            await client.DeleteObjectAsync(new DeleteObjectRequest { BucketName = bucket, Key = prefix + name }, token);
        }
        catch (AmazonS3Exception exception) when (exception.ErrorCode == "NoSuchKey")
        {
            // Some stores say so (OpenStack Swift), others call it done.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();

    // A store that does not tell the time is taken to mean now: too young to be swept.
    private static DateTimeOffset Utc(DateTime? time) => time is { } known ? new DateTimeOffset(known.ToUniversalTime(), TimeSpan.Zero) : DateTimeOffset.UtcNow;

    private static AmazonS3Config Configuration(Uri? endpoint, int retries)
    {
        // The portable profile: what every store that speaks S3 understands.
        var configuration = new AmazonS3Config
        {
            MaxErrorRetry = retries,
            Timeout = TimeSpan.FromMinutes(5),
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        if (endpoint is null) return configuration;
        configuration.ServiceURL = endpoint.AbsoluteUri;
        configuration.ForcePathStyle = true;
        configuration.AuthenticationRegion = Environment.GetEnvironmentVariable("AWS_REGION") ?? RegionEndpoint.USEast1.SystemName;
        return configuration;
    }
}
