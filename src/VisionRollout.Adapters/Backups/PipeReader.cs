using System.Collections.Concurrent;
using System.Threading.Channels;

namespace VisionRollout.Adapters.Backups;

/// <summary>Reads a child's output on a thread of its own. pg_dump writes to a pipe in pieces of 4 KiB: awaiting each of them costs several times the
/// processor time of a blocking read, more than the compression of what was read.</summary>
internal static class PipeReader
{
    private const int ChunkBytes = 1 << 18;
    private const int Chunks = 4;

    // What a pause is worth waiting for.
    private const int FewBytes = 1 << 16;
    private const int PauseMilliseconds = 1;

    /// <summary>Hands the output over in chunks, one at a time and in order, until it ends. When this returns or throws, the thread has ended.</summary>
    /// <param name="source">The pipe; it must come to its end, or to data, soon after <paramref name="abandon"/> ran.</param>
    /// <param name="onChunk">Takes a chunk, which is valid until it returns.</param>
    /// <param name="abandon">Ends the child when a chunk could not be taken.</param>
    /// <param name="token">Cancels.</param>
    public static async Task CopyAsync(Stream source, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> onChunk, Func<Task> abandon, CancellationToken token)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(token);
        using var free = new BlockingCollection<byte[]>();
        for (var chunk = 0; chunk < Chunks; chunk++) free.Add(new byte[ChunkBytes], token);
        var filled = Channel.CreateUnbounded<ArraySegment<byte>>(new() { SingleReader = true, SingleWriter = true });
        var reading = Task.Factory.StartNew(() => Read(source, free, filled.Writer, stop.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            await foreach (var chunk in filled.Reader.ReadAllAsync(token))
            {
                await onChunk(chunk, token);
                free.Add(chunk.Array!, token);
            }
        }
        catch
        {
            await stop.CancelAsync();
            await abandon();
            throw;
        }
        finally
        {
            await reading;
        }
    }

    private static void Read(Stream source, BlockingCollection<byte[]> free, ChannelWriter<ArraySegment<byte>> filled, CancellationToken stop)
    {
        try
        {
            // Whoever takes what is there wakes up for every piece of it; a pause lets a few gather, for which only a roomy pipe has space.
            var pauses = PipeCapacity.TryEnlarge(source);
            for (var ended = false; !ended;)
            {
                var buffer = free.Take(stop);
                var length = 0;
                while (!ended && length < buffer.Length)
                {
                    var wanted = buffer.Length - length;
                    var count = source.Read(buffer, length, wanted);
                    stop.ThrowIfCancellationRequested();
                    length += count;
                    ended = count == 0;
                    if (pauses && count > 0 && count < Math.Min(wanted, FewBytes)) Thread.Sleep(PauseMilliseconds);
                }

                if (length > 0) filled.TryWrite(new(buffer, 0, length));
            }

            filled.Complete();
        }
        catch (Exception exception)
        {
            // Whatever it was: who waits for chunks must not wait for ever.
            filled.TryComplete(exception);
        }
    }
}
