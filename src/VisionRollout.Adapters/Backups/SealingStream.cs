using System.Security.Cryptography;
using VisionRollout.Core.Databases;

namespace VisionRollout.Adapters.Backups;

/// <summary>Encrypts what is written to it into another stream, which stays open. Complete only after <see cref="CompleteAsync"/>.</summary>
internal sealed class SealingStream : BackupUploadStream
{
    private readonly Stream inner;
    private readonly byte[] header = SealFormat.NewHeader();
    private readonly AesGcm cipher;
    private readonly byte[] prefix;
    private readonly byte[] plain = new byte[SealFormat.SegmentBytes];
    private readonly byte[] sealedSegment = new byte[SealFormat.SegmentBytes + SealFormat.TagBytes];
    private int filled;
    private uint number;
    private bool begun;

    public SealingStream(Stream inner, BackupKey key)
    {
        this.inner = inner;
        (cipher, prefix) = SealFormat.Open(key, header);
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (buffer.Length > 0)
        {
            // A full segment is written when more follows: only then it is known not to be the last.
            if (filled == plain.Length) await SealAsync(isLast: false, cancellationToken);
            var count = Math.Min(buffer.Length, plain.Length - filled);
            buffer[..count].CopyTo(plain.AsMemory(filled));
            buffer = buffer[count..];
            filled += count;
        }
    }

    /// <summary>Writes the last segment.</summary>
    public Task CompleteAsync(CancellationToken token) => SealAsync(isLast: true, token);

    public override Task CommitAsync(CancellationToken token) => CompleteAsync(token);

    public override async ValueTask DisposeAsync()
    {
        cipher.Dispose();
        CryptographicOperations.ZeroMemory(plain);
        await base.DisposeAsync();
    }

    private async Task SealAsync(bool isLast, CancellationToken token)
    {
        if (!begun) await inner.WriteAsync(header, token);
        begun = true;
        Seal(isLast);
        await inner.WriteAsync(sealedSegment.AsMemory(0, filled + SealFormat.TagBytes), token);
        filled = 0;
        number = checked(number + 1);
    }

    private void Seal(bool isLast)
    {
        Span<byte> nonce = stackalloc byte[12];
        SealFormat.Nonce(nonce, prefix, number, isLast);
        cipher.Encrypt(nonce, plain.AsSpan(0, filled), sealedSegment.AsSpan(0, filled), sealedSegment.AsSpan(filled, SealFormat.TagBytes));
    }
}
