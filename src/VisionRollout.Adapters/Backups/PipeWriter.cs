using System.Collections.Concurrent;
using System.Threading.Channels;

namespace VisionRollout.Adapters.Backups;

/// <summary>Writes a child's input on a thread of its own, for the same reason as <see cref="PipeReader"/>.</summary>
internal static class PipeWriter
{
    private const int ChunkBytes = 1 << 18;
    private const int Chunks = 4;

    /// <summary>Writes chunks in order until there are no more, or until the child reads no more. When this returns or throws, the thread has ended.</summary>
    /// <param name="fill">Fills a buffer from its beginning and gives the number of bytes; 0: there are no more.</param>
    /// <param name="target">The pipe; cancelling must end the child, or the thread waits for it.</param>
    /// <param name="token">Cancels.</param>
    public static async Task CopyAsync(Func<byte[], CancellationToken, Task<int>> fill, Stream target, CancellationToken token)
    {
        var free = Channel.CreateUnbounded<byte[]>();
        for (var chunk = 0; chunk < Chunks; chunk++) free.Writer.TryWrite(new byte[ChunkBytes]);
        using var filled = new BlockingCollection<ArraySegment<byte>>();
        var writing = Task.Factory.StartNew(() => Write(filled, target, free.Writer), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            await foreach (var buffer in free.Reader.ReadAllAsync(token))
            {
                var count = await fill(buffer, token);
                if (count == 0) break;
                filled.Add(new(buffer, 0, count), token);
            }
        }
        finally
        {
            filled.CompleteAdding();
            await writing;
        }
    }

    private static void Write(BlockingCollection<ArraySegment<byte>> filled, Stream target, ChannelWriter<byte[]> free)
    {
        try
        {
            foreach (var chunk in filled.GetConsumingEnumerable())
            {
                target.Write(chunk);
                free.TryWrite(chunk.Array!);
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The child has ended; its exit code says why.
            free.Complete();
        }
    }
}
