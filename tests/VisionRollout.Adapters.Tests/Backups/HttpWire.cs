using System.Text;

namespace VisionRollout.Tests.Backups;

/// <summary>One direction of an HTTP/1.1 connection: heads, and the bytes behind them.</summary>
internal sealed class HttpWire(Stream stream)
{
    private readonly byte[] buffer = new byte[1 << 16];
    private int begin;
    private int end;

    /// <summary>The next head with the empty line at its end; null when the connection has ended.</summary>
    public async Task<string?> ReadHeadAsync(CancellationToken token)
    {
        var head = new StringBuilder();
        while (true)
        {
            if (begin == end && !await FillAsync(token)) return null;
            head.Append((char)buffer[begin++]);
            if (head.Length > 3 && head[^1] == '\n' && head[^2] == '\r' && head[^3] == '\n') return head.ToString();
        }
    }

    /// <summary>Passes on a number of bytes, or all until the connection ends.</summary>
    /// <param name="to">Where to.</param>
    /// <param name="count">How many bytes.</param>
    /// <param name="token">Cancels.</param>
    /// <param name="piece">Bytes that go on their way at once, with a moment between them; 0: as they come.</param>
    public async Task CopyAsync(Stream to, long count, CancellationToken token, int piece = 0)
    {
        while (count > 0)
        {
            if (begin == end && !await FillAsync(token)) return;
            var part = (int)Math.Min(count, Math.Min(end - begin, piece > 0 ? piece : int.MaxValue));
            await to.WriteAsync(buffer.AsMemory(begin, part), token);
            begin += part;
            count -= part;
            if (piece > 0) await Task.Delay(1, token);
        }
    }

    private async Task<bool> FillAsync(CancellationToken token)
    {
        (begin, end) = (0, await stream.ReadAsync(buffer, token));
        return end > 0;
    }
}
