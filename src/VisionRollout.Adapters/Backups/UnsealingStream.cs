using System.Security.Cryptography;
using VisionRollout.Core.Databases;
using VisionRollout.Core.Errors;

namespace VisionRollout.Adapters.Backups;

/// <summary>Decrypts another stream, which stays open. Nothing is given out that was not authenticated, and an end that is not the real one is an error.</summary>
internal sealed class UnsealingStream(Stream inner, BackupKey key) : ReadOnlyStream
{
    private const int StoredBytes = SealFormat.SegmentBytes + SealFormat.TagBytes;
    private readonly byte[] plain = new byte[SealFormat.SegmentBytes];
    private byte[] current = new byte[StoredBytes];
    private byte[] next = new byte[StoredBytes];
    private AesGcm? cipher;
    private byte[] prefix = [];
    private int currentCount;
    private int offset;
    private int available;
    private uint number;
    private bool ended;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (offset == available && !ended) await AdvanceAsync(cancellationToken);
        var count = Math.Min(buffer.Length, available - offset);
        plain.AsMemory(offset, count).CopyTo(buffer);
        offset += count;
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) cipher?.Dispose();
        base.Dispose(disposing);
    }

    private async Task AdvanceAsync(CancellationToken token)
    {
        if (cipher is null) await BeginAsync(token);
        // One segment ahead: the last one is known by nothing following it.
        var nextCount = await inner.ReadAtLeastAsync(next, StoredBytes, throwOnEndOfStream: false, token);
        Unseal(isLast: nextCount == 0);
        ended = nextCount == 0;
        (current, next, currentCount) = (next, current, nextCount);
        number = checked(number + 1);
    }

    private async Task BeginAsync(CancellationToken token)
    {
        var header = new byte[SealFormat.HeaderBytes];
        if (await inner.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false, token) < header.Length || !SealFormat.IsHeader(header)) throw Damaged(null);
        (cipher, prefix) = SealFormat.Open(key, header);
        currentCount = await inner.ReadAtLeastAsync(current, StoredBytes, throwOnEndOfStream: false, token);
    }

    private void Unseal(bool isLast)
    {
        if (currentCount < SealFormat.TagBytes) throw Damaged(null);
        Span<byte> nonce = stackalloc byte[12];
        SealFormat.Nonce(nonce, prefix, number, isLast);
        (offset, available) = (0, currentCount - SealFormat.TagBytes);
        try
        {
            cipher!.Decrypt(nonce, current.AsSpan(0, available), current.AsSpan(available, SealFormat.TagBytes), plain.AsSpan(0, available));
        }
        catch (AuthenticationTagMismatchException exception)
        {
            available = 0;
            throw Damaged(exception);
        }
    }

    private RolloutException Damaged(Exception? cause) => new("BackupDamaged", RolloutErrorKind.Corrupt,
        $"The stored dump does not decrypt with key '{key.Id}' at segment {number}: it was cut off, changed or put together anew.", "Use another backup; this one cannot be restored.", key.Id, cause);
}
