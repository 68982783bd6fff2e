using System.Buffers;
using System.Net;
using System.Security.Cryptography;
using Amazon.S3;
using Amazon.S3.Model;
using VisionRollout.Core.Errors;

namespace VisionRollout.Adapters.Backups;

/// <summary>A multipart upload with a bounded number of parts in memory and on the way.</summary>
internal sealed class S3UploadStream(AmazonS3Client client, string bucket, string key, string uploadId, int concurrency, bool portable) : BackupUploadStream
{
    private readonly SemaphoreSlim slots = new(concurrency);
    private readonly CancellationTokenSource failed = new();
    private readonly List<Task<PartETag>> parts = [];
    private byte[]? buffer;
    private int filled;
    private long total;
    private bool committed;
    private bool disposed;

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (buffer.Length > 0)
        {
            this.buffer ??= await RentAsync(S3Parts.Bytes, cancellationToken);
            var count = Math.Min(buffer.Length, S3Parts.Bytes - filled);
            buffer.Span[..count].CopyTo(this.buffer.AsSpan(filled));
            buffer = buffer[count..];
            filled += count;
            if (filled == S3Parts.Bytes) SendPart();
        }
    }

    public override async Task CommitAsync(CancellationToken token)
    {
        // An upload has at least one part, which may be empty.
        if (filled > 0 || parts.Count == 0)
        {
            buffer ??= await RentAsync(1, token);
            SendPart();
        }

        var tags = await Task.WhenAll(parts).WaitAsync(token);
        await CompleteAsync(tags, token);
        await ConfirmAsync(token);
        committed = true;
    }

    public override async ValueTask DisposeAsync()
    {
        if (disposed) return;
        disposed = true;
        await failed.CancelAsync();
        await Task.WhenAll(parts).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        if (buffer is not null) ArrayPool<byte>.Shared.Return(buffer);
        if (!committed) await AbortAsync();
        failed.Dispose();
        slots.Dispose();
        await base.DisposeAsync();
    }

    /// <summary>MD5 in base64, as the header Content-MD5 wants it: every store checks it on arrival.</summary>
    internal static string Md5(ReadOnlySpan<byte> content)
    {
#pragma warning disable CA5351 // A checksum against damage on the way, prescribed by the protocol; the manifest holds SHA-256.
        return Convert.ToBase64String(MD5.HashData(content));
#pragma warning restore CA5351
    }

    private async Task<byte[]> RentAsync(int size, CancellationToken token)
    {
        // The slot goes with the buffer, so buffers are as bounded as uploads. A part that failed ends the wait.
        using var either = CancellationTokenSource.CreateLinkedTokenSource(token, failed.Token);
        try
        {
            await slots.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!token.IsCancellationRequested)
        {
            await Task.WhenAll(parts);
            throw;
        }

        return ArrayPool<byte>.Shared.Rent(size);
    }

    private void SendPart()
    {
        parts.Add(SendAsync(parts.Count + 1, buffer!, filled));
        total += filled;
        buffer = null;
        filled = 0;
    }

    private async Task<PartETag> SendAsync(int number, byte[] content, int count)
    {
        try
        {
            await Task.Yield();
            using var body = new MemoryStream(content, 0, count, writable: false);
            var answer = await client.UploadPartAsync(new UploadPartRequest
            {
                BucketName = bucket,
                Key = key,
                UploadId = uploadId,
                PartNumber = number,
                PartSize = count,
                InputStream = body,
                UseChunkEncoding = !portable,
                MD5Digest = Md5(content.AsSpan(0, count)),
            }, failed.Token);
            slots.Release();
            return new PartETag(number, answer.ETag);
        }
        catch
        {
            await failed.CancelAsync();
            throw;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(content);
        }
    }

    private async Task CompleteAsync(PartETag[] tags, CancellationToken token)
    {
        try
        {
            await client.CompleteMultipartUploadAsync(
                new CompleteMultipartUploadRequest { BucketName = bucket, Key = key, UploadId = uploadId, PartETags = [.. tags] }, token);
        }
        catch (AmazonS3Exception exception) when (exception.StatusCode == HttpStatusCode.NotFound)
        {
            // When the answer to the first attempt was lost, the second finds no upload any more. What counts is the object.
        }
    }

    // Some stores answer 200 and tell the failure in the body: what counts is the object itself.
    private async Task ConfirmAsync(CancellationToken token)
    {
        var stored = await client.GetObjectMetadataAsync(new GetObjectMetadataRequest { BucketName = bucket, Key = key }, token);
        ETag = stored.ETag;
        // A bucket that once kept versions and does no longer calls its objects' version "null".
        VersionId = stored.VersionId is { Length: > 0 } version and not "null" ? version : null;
        if (stored.ContentLength == total) return;
        throw new RolloutException("BackupStoreIncomplete", RolloutErrorKind.Corrupt,
            $"s3://{bucket}/{key} has {stored.ContentLength} bytes after the upload, not {total}.", "Take the backup again; check the store's log.", key);
    }

    private async Task AbortAsync()
    {
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            await client.AbortMultipartUploadAsync(new AbortMultipartUploadRequest { BucketName = bucket, Key = key, UploadId = uploadId }, limit.Token);
        }
        catch (Exception exception) when (exception is AmazonS3Exception or HttpRequestException or OperationCanceledException)
        {
            // The failure that led here is the one to report; a left-over upload holds no object that could be mistaken for a backup.
        }
    }
}
