using System.IO.Pipelines;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace VisionRollout.Rehearsal.KubernetesApi;

/// <summary>
/// The streams of a remote command over one WebSocket: the first byte of each message names its stream
/// (0 standard input, 1 output, 2 error, 3 the final Status, 4 terminal size; in v5 255 closes the stream that follows).
/// </summary>
internal sealed class RemoteCommandChannel : IAsyncDisposable
{
    private const byte StdInChannel = 0;
    private const byte StdOutChannel = 1;
    private const byte StdErrChannel = 2;
    private const byte StatusChannel = 3;
    private const byte CloseChannel = 255;
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(5);

    private readonly WebSocket socket;
    private readonly SemaphoreSlim sending = new(1, 1);
    private readonly Pipe stdin = new();
    private readonly CancellationTokenSource closed;
    private readonly CancellationToken closedToken;
    private readonly Task receiving;

    /// <summary>Starts to receive.</summary>
    public RemoteCommandChannel(WebSocket socket, CancellationToken aborted)
    {
        this.socket = socket;
        closed = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        closedToken = closed.Token;
        StdIn = stdin.Reader.AsStream();
        receiving = ReceiveAsync();
    }

    /// <summary>The sub-protocols spoken, the best first.</summary>
    public static IReadOnlyList<string> Protocols { get; } = ["v5.channel.k8s.io", "v4.channel.k8s.io"];

    /// <summary>What the client sends as standard input; ends when the client closes it.</summary>
    public Stream StdIn { get; }

    /// <summary>Is cancelled when the client is gone.</summary>
    public CancellationToken Closed => closedToken;

    /// <summary>Sends standard output.</summary>
    public Task WriteStdOutAsync(string text) => SendAsync(StdOutChannel, text);

    /// <summary>Sends standard error.</summary>
    public Task WriteStdErrAsync(string text) => SendAsync(StdErrChannel, text);

    /// <summary>Sends the outcome and closes.</summary>
    public async Task FinishAsync(JsonObject status)
    {
        await SendAsync(StatusChannel, ApiResponse.Text(status));
        if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, closedToken);
        await Task.WhenAny(receiving, Task.Delay(CloseLimit, closedToken));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await closed.CancelAsync();
        await receiving;
        await StdIn.DisposeAsync();
        closed.Dispose();
        sending.Dispose();
    }

    private async Task SendAsync(byte channel, string text)
    {
        await sending.WaitAsync(closedToken);
        try
        {
            byte[] message = [channel, .. Encoding.UTF8.GetBytes(text)];
            await socket.SendAsync(message, WebSocketMessageType.Binary, endOfMessage: true, closedToken);
        }
        finally
        {
            sending.Release();
        }
    }

    private async Task ReceiveAsync()
    {
        var buffer = new byte[16 * 1024];
        var isFirst = true;
        byte channel = 0;
        try
        {
            while (await socket.ReceiveAsync(buffer.AsMemory(), closedToken) is { MessageType: not WebSocketMessageType.Close } part)
            {
                var content = buffer.AsMemory(0, part.Count);
                if (isFirst && content.Length > 0)
                    (channel, content) = (content.Span[0], content[1..]);
                isFirst = part.EndOfMessage;
                if (channel == StdInChannel && content.Length > 0)
                    await stdin.Writer.WriteAsync(content, closedToken);
                else if (channel == CloseChannel && content.Length > 0 && content.Span[0] == StdInChannel)
                    await stdin.Writer.CompleteAsync();
            }
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException or InvalidOperationException)
        {
            // The client went without a word, or sent input after it had closed it.
        }

        await stdin.Writer.CompleteAsync();
        await closed.CancelAsync();
    }
}
