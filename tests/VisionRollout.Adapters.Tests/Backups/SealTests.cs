using System.Security.Cryptography;
using VisionRollout.Adapters.Backups;
using VisionRollout.Core.Databases;
using VisionRollout.Core.Errors;

namespace VisionRollout.Tests.Backups;

public sealed class SealTests
{
    private const int Stored = SealFormat.SegmentBytes + SealFormat.TagBytes;
    private static readonly BackupKey Key = new("backup-2026", RandomNumberGenerator.GetBytes(32));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(SealFormat.SegmentBytes - 1)]
    [InlineData(SealFormat.SegmentBytes)]
    [InlineData(SealFormat.SegmentBytes + 1)]
    [InlineData((3 * SealFormat.SegmentBytes) + 77)]
    public async Task What_was_sealed_comes_back(int length)
    {
        var content = RandomNumberGenerator.GetBytes(length);
        var stored = await SealAsync(content);
        Assert.Equal(content, await UnsealAsync(stored, Key));
        Assert.True(length < 100 || stored.AsSpan().IndexOf(content.AsSpan(0, 100)) < 0);
    }

    [Theory]
    [InlineData("the last segment is missing")]
    [InlineData("the end is cut off")]
    [InlineData("two segments changed places")]
    [InlineData("a segment stands twice")]
    [InlineData("a bit is flipped")]
    [InlineData("the header is another's")]
    [InlineData("something follows")]
    [InlineData("everything is gone")]
    public async Task What_was_cut_moved_or_changed_does_not_decrypt(string what)
    {
        var stored = await SealAsync(RandomNumberGenerator.GetBytes(4 * SealFormat.SegmentBytes));
        var header = stored[..SealFormat.HeaderBytes];
        var segments = stored[SealFormat.HeaderBytes..].Chunk(Stored).ToArray();
        byte[] damaged = what switch
        {
            "the last segment is missing" => [.. header, .. segments[..3].SelectMany(item => item)],
            "the end is cut off" => stored[..^1],
            "two segments changed places" => [.. header, .. segments[1], .. segments[0], .. segments[2], .. segments[3]],
            "a segment stands twice" => [.. header, .. segments[0], .. segments[0], .. segments[1], .. segments[2], .. segments[3]],
            "a bit is flipped" => [.. stored[..^20], (byte)(stored[^20] ^ 1), .. stored[^19..]],
            "the header is another's" => [.. (await SealAsync([]))[..SealFormat.HeaderBytes], .. stored[SealFormat.HeaderBytes..]],
            "something follows" => [.. stored, .. new byte[30]],
            _ => [],
        };

        var failure = await Assert.ThrowsAsync<RolloutException>(() => UnsealAsync(damaged, Key));

        Assert.Equal(("BackupDamaged", RolloutErrorKind.Corrupt), (failure.Id, failure.Kind));
    }

    [Fact]
    public async Task Another_key_or_another_name_does_not_decrypt()
    {
        var stored = await SealAsync([1, 2, 3]);
        await Assert.ThrowsAsync<RolloutException>(() => UnsealAsync(stored, new BackupKey(Key.Id, RandomNumberGenerator.GetBytes(32))));
        await Assert.ThrowsAsync<RolloutException>(() => UnsealAsync(stored, new BackupKey("other", Key.Bytes)));
    }

    [Fact]
    public async Task Equal_contents_are_stored_differently_each_time() => Assert.NotEqual((await SealAsync(new byte[100]))[40..], (await SealAsync(new byte[100]))[40..]);

    private static async Task<byte[]> SealAsync(byte[] content)
    {
        using var stored = new MemoryStream();
        await using var sealing = new SealingStream(stored, Key);
        foreach (var part in content.Chunk(100_003)) await sealing.WriteAsync(part, Token);
        await sealing.CompleteAsync(Token);
        return stored.ToArray();
    }

    private static async Task<byte[]> UnsealAsync(byte[] stored, BackupKey key)
    {
        await using var opened = new UnsealingStream(new MemoryStream(stored), key);
        using var content = new MemoryStream();
        await opened.CopyToAsync(content, Token);
        return content.ToArray();
    }
}
