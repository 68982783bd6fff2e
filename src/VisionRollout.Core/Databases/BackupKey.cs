namespace VisionRollout.Core.Databases;

/// <summary>A named key for AES-256-GCM. Its bytes stand in no manifest, message or text form.</summary>
public sealed class BackupKey
{
    /// <summary>Length of the key in bytes.</summary>
    public const int Length = 32;

    private readonly byte[] bytes;

    /// <summary>Takes a key.</summary>
    /// <param name="id">Its name, which the manifest holds: whoever restores finds the key by it.</param>
    /// <param name="bytes">32 random bytes.</param>
    /// <exception cref="ArgumentException">The name is empty or the key has another length.</exception>
    public BackupKey(string id, ReadOnlySpan<byte> bytes)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        if (bytes.Length != Length) throw new ArgumentException($"A key has {Length} bytes, not {bytes.Length}.", nameof(bytes));
        Id = id;
        this.bytes = bytes.ToArray();
    }

    /// <summary>Its name.</summary>
    public string Id { get; }

    /// <summary>The key itself.</summary>
    public ReadOnlySpan<byte> Bytes => bytes;

    /// <summary>Reads a key from text: 64 hexadecimal digits, or base64 of 32 bytes; null when it is neither.</summary>
    public static BackupKey? Parse(string id, string text)
    {
        var trimmed = text.Trim();
        Span<byte> key = stackalloc byte[Length + 16];
        if (trimmed.Length == 2 * Length && trimmed.All(char.IsAsciiHexDigit)) return new(id, Convert.FromHexString(trimmed));
        return Convert.TryFromBase64String(trimmed, key, out var count) && count == Length ? new(id, key[..Length]) : null;
    }

    /// <inheritdoc/>
    public override string ToString() => $"key '{Id}'";
}
