using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using VisionRollout.Core.Databases;

namespace VisionRollout.Adapters.Backups;

/// <summary>The framing of encrypted data: the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár, CRYPTO 2015) over AES-256-GCM, with a key of
/// its own for each stream, as in Tink's AES-GCM-HKDF streaming.</summary>
/// <remarks>Header: 8 bytes of name and version, 32 random bytes of salt. From both, the key's name and the key follow, by HKDF-SHA256, the stream's
/// key and a nonce prefix of 7 bytes: another header is another key. Then segments of 256 KiB, each with its tag of 16 bytes; the nonce is
/// prefix, number (32 bits, big-endian) and whether it is the last. A segment that is missing, moved, repeated or cut off does not decrypt,
/// and a stream without its last segment has no segment that decrypts as the last.</remarks>
internal static class SealFormat
{
    public const int HeaderBytes = 40;
    public const int SegmentBytes = 1 << 18;
    public const int TagBytes = 16;
    private const int SaltBytes = 32;
    private const int PrefixBytes = 7;
    private static readonly byte[] Magic = "VRSEAL01"u8.ToArray();

    /// <summary>A new header with random salt.</summary>
    public static byte[] NewHeader() => [.. Magic, .. RandomNumberGenerator.GetBytes(SaltBytes)];

    /// <summary>True when the bytes begin as a header does.</summary>
    public static bool IsHeader(ReadOnlySpan<byte> header) => header.Length == HeaderBytes && header.StartsWith(Magic);

    /// <summary>Cipher and nonce prefix of the stream with this header.</summary>
    public static (AesGcm Cipher, byte[] Prefix) Open(BackupKey key, ReadOnlySpan<byte> header)
    {
        Span<byte> derived = stackalloc byte[BackupKey.Length + PrefixBytes];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, key.Bytes, derived, header[Magic.Length..], [.. header[..Magic.Length], .. Encoding.UTF8.GetBytes(key.Id)]);
        var result = (new AesGcm(derived[..BackupKey.Length], TagBytes), derived[BackupKey.Length..].ToArray());
        CryptographicOperations.ZeroMemory(derived);
        return result;
    }

    /// <summary>Writes a segment's nonce.</summary>
    public static void Nonce(Span<byte> nonce, ReadOnlySpan<byte> prefix, uint number, bool isLast)
    {
        prefix.CopyTo(nonce);
        BinaryPrimitives.WriteUInt32BigEndian(nonce[PrefixBytes..], number);
        nonce[^1] = isLast ? (byte)1 : (byte)0;
    }

    /// <summary>What the manifest holds to recognise a key; it tells nothing about it.</summary>
    public static string Check(BackupKey key) => Convert.ToHexString(HMACSHA256.HashData(key.Bytes, "visionrollout key check"u8), 0, 8).ToLowerInvariant();
}
