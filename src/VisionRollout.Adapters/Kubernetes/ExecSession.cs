using System.Buffers;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using k8s;
using k8s.Models;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Workloads;

namespace VisionRollout.Adapters.Kubernetes;

/// <summary>Reads the frames of one <c>exec</c> WebSocket (subprotocols v4/v5.channel.k8s.io: the first byte of a message is
/// its channel; 1 standard output, 2 standard error, 3 the final Status).</summary>
internal sealed class ExecSession
{
    private const int KeptLines = 50;
    private const byte StandardOutput = 1;
    private const byte StandardError = 2;
    private const byte Error = 3;

    private readonly string pod;
    private readonly Queue<string> last = new();
    private readonly Dictionary<byte, ExecLines> streams;
    private readonly ArrayBufferWriter<byte> status = new();

    /// <summary>Prepares for one command.</summary>
    /// <param name="pod">Pod that it runs in.</param>
    /// <param name="onLine">Gets each line of both streams as it comes.</param>
    public ExecSession(string pod, Action<string> onLine)
    {
        this.pod = pod;
        void Keep(string line)
        {
            if (last.Count == KeptLines) last.Dequeue();
            last.Enqueue(line);
            onLine(line);
        }

        streams = new() { [StandardOutput] = new(Keep), [StandardError] = new(Keep) };
    }

    /// <summary>Reads to the end of the command.</summary>
    /// <exception cref="RolloutException">The connection broke before the end was told: whether the command goes on is not known.</exception>
    public async Task<ExecResult> RunAsync(WebSocket socket, CancellationToken token)
    {
        var buffer = new byte[32 * 1024];
        byte? channel = null;
        try
        {
            while (await socket.ReceiveAsync(buffer.AsMemory(), token) is { MessageType: not WebSocketMessageType.Close } received)
            {
                var bytes = buffer.AsMemory(0, received.Count);
                if (channel is null && bytes.Length > 0) (channel, bytes) = (bytes.Span[0], bytes[1..]);
                if (channel is { } known) Take(known, bytes.Span);
                if (received.EndOfMessage) channel = null;
            }
        }
        catch (Exception error) when (error is WebSocketException or IOException)
        {
            if (status.WrittenCount == 0) throw Interrupted(error);
        }

        foreach (var stream in streams.Values) stream.End();
        return new ExecResult(pod, ExitCode(), [.. last]);
    }

    private void Take(byte channel, ReadOnlySpan<byte> bytes)
    {
        if (channel == Error) status.Write(bytes);
        else if (streams.TryGetValue(channel, out var stream)) stream.Add(bytes);
    }

    private int ExitCode()
    {
        if (status.WrittenCount == 0) throw Interrupted(null);
        V1Status end;
        try
        {
            end = KubernetesJson.Deserialize<V1Status>(Encoding.UTF8.GetString(status.WrittenSpan));
        }
        catch (JsonException error)
        {
            throw Interrupted(error);
        }

        if (end.Status == "Success") return 0;
        var code = end.Reason == "NonZeroExitCode" ? end.Details?.Causes?.FirstOrDefault(cause => cause.Reason == "ExitCode")?.Message : null;
        return int.TryParse(code, out var number) ? number
            : throw new RolloutException("ExecFailed", RolloutErrorKind.Failed, $"The command did not start in pod '{pod}': {end.Message}",
                "Check that the container has the program, and that the pod is running.", pod);
    }

    private RolloutException Interrupted(Exception? error) => new("ExecInterrupted", RolloutErrorKind.Unavailable,
        $"The connection to pod '{pod}' ended before its command did{(error is null ? "" : $": {error.Message}")}",
        "The command may have gone on: look at what it was to change before repeating it.", pod, error);
}
