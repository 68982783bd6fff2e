using System.Security.Cryptography;
using VisionRollout.Adapters.Backups;
using VisionRollout.Core.Databases;
using VisionRollout.Core.Errors;

namespace VisionRollout.Tests.Backups;

public sealed class VolumeTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("visionrollout-volumes-").FullName;
    private readonly byte[] content = RandomNumberGenerator.GetBytes(2500);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task One_stream_becomes_volumes_of_the_given_size_and_one_stream_again()
    {
        using var store = new FolderStore(folder);
        var objects = await WriteAsync(store);
        Assert.Equal([("data", 1000L), ("data.0001", 1000L), ("data.0002", 500L)], objects.Select(item => (item.Name, item.Bytes)));
        Assert.Equal(content, await ReadAsync(objects));
    }

    [Fact]
    public async Task Without_a_commit_no_volume_is_left()
    {
        using var store = new FolderStore(folder);
        await using (var writer = new VolumeWriter(store, "b/l/x/data", 1000, 1)) await writer.WriteAsync(content, Token);
        Assert.Empty(Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData("data", "has 999 bytes")]
    [InlineData("data.0001", "missing")]
    [InlineData("data.0002", "SHA-256")]
    public async Task Each_volume_is_checked_against_the_manifest(string name, string why)
    {
        using var store = new FolderStore(folder);
        var objects = await WriteAsync(store);
        var path = Path.Combine(folder, "b/l/x", name);
        if (why == "missing") File.Delete(path);
        else if (why == "SHA-256") await File.WriteAllBytesAsync(path, new byte[500], Token);
        else await File.WriteAllBytesAsync(path, new byte[999], Token);

        var failure = await Assert.ThrowsAsync<RolloutException>(() => ReadAsync(objects));

        Assert.Equal("BackupDamaged", failure.Id);
        Assert.Contains(why, failure.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Whatever_a_pipe_throws_is_told_to_who_waits_for_its_chunks()
    {
        // It throws what no pipe is expected to throw.
        using var store = new FolderStore(folder);
        await using var writer = new VolumeWriter(store, "b/l/x/data", 1000, 1);
        var abandoned = false;

        await Assert.ThrowsAsync<NotSupportedException>(() => PipeReader.CopyAsync(writer, static (_, _) => ValueTask.CompletedTask, () =>
        {
            abandoned = true;
            return Task.CompletedTask;
        }, Token));

        Assert.True(abandoned);
    }

    private async Task<IReadOnlyList<BackupObject>> WriteAsync(FolderStore store)
    {
        await using var writer = new VolumeWriter(store, "b/l/x/data", 1000, 1);
        foreach (var part in content.Chunk(333)) await writer.WriteAsync(part, Token);
        await writer.CommitAsync(Token);
        return writer.Objects;
    }

    private async Task<byte[]> ReadAsync(IReadOnlyList<BackupObject> objects)
    {
        using var store = new FolderStore(Path.Combine(folder, "b/l/x"));
        await using var reader = new VolumeReader(store, objects, TimeProvider.System);
        using var read = new MemoryStream();
        await reader.CopyToAsync(read, Token);
        return read.ToArray();
    }
}
