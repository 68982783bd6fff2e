using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace VisionRollout.Tests.Backups;

/// <summary>Stands between a client and the real store, for faults that the store can't be made to show at an exact request. All else passes through
/// byte by byte, with the client's own Host, so that the store checks the client's signature.</summary>
internal sealed class FaultProxy : IAsyncDisposable
{
    private readonly Uri store;
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stopped = new();
    private readonly ConcurrentQueue<StoreRequest> requests = new();
    private readonly ConcurrentDictionary<string, int> attempts = new(StringComparer.Ordinal);
    private readonly Task serving;
    private int parts;

    public FaultProxy(Uri store)
    {
        this.store = store;
        listener.Start();
        Endpoint = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");
        serving = ServeAsync();
    }

    public Uri Endpoint { get; }

    /// <summary>Which fault a request meets; null: none.</summary>
    public Func<StoreRequest, StoreFault?> Fault { get; init; } = static _ => null;

    public IReadOnlyList<StoreRequest> Requests => [.. requests];

    /// <summary>Most parts of uploads that were on their way at the same time.</summary>
    public int MostPartsAtOnce { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await stopped.CancelAsync();
        listener.Dispose();
        await serving;
        stopped.Dispose();
    }

    private async Task ServeAsync()
    {
        var running = new List<Task>();
        try
        {
            while (true) running.Add(PassAsync(await listener.AcceptTcpClientAsync(stopped.Token)));
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Stopped.
        }

        await Task.WhenAll(running);
    }

    private async Task PassAsync(TcpClient client)
    {
        using var _ = client;
        try
        {
            await Task.Yield();
            var from = new HttpWire(client.GetStream());
            if (await from.ReadHeadAsync(stopped.Token) is not { } head) return;
            var request = StoreRequest.Of(head);
            request = request with { Attempt = attempts.AddOrUpdate($"{request.Method} {request.Target}", 1, static (_, count) => count + 1) };
            requests.Enqueue(request);
            if (request.Part > 0) Count(1);
            try
            {
                await AnswerAsync(client, from, head, request, Fault(request));
            }
            finally
            {
                if (request.Part > 0) Count(-1);
            }
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // One of the two sides went away.
        }
    }

    private void Count(int change)
    {
        lock (requests) MostPartsAtOnce = Math.Max(MostPartsAtOnce, parts += change);
    }

    private async Task AnswerAsync(TcpClient client, HttpWire from, string head, StoreRequest request, StoreFault? fault)
    {
        if (fault?.Answer is { } answer && !fault.AfterStore)
        {
            await from.CopyAsync(Stream.Null, request.Length, stopped.Token);
            await WriteAsync(client, answer);
            return;
        }

        using var upstream = new TcpClient { NoDelay = true };
        await upstream.ConnectAsync(store.Host, store.Port, stopped.Token);
        var to = upstream.GetStream();
        await to.WriteAsync(Encoding.Latin1.GetBytes(head.Replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n", StringComparison.Ordinal)), stopped.Token);
        var sending = from.CopyAsync(to, Math.Min(request.Length, fault?.CutRequestAt ?? long.MaxValue), stopped.Token);
        if (fault?.CutRequestAt is not null)
        {
            await sending;
            Reset(client);
            return;
        }

        await ReturnAsync(client, new HttpWire(to), fault);
        await sending;
    }

    private async Task ReturnAsync(TcpClient client, HttpWire from, StoreFault? fault)
    {
        if (fault?.AfterStore == true)
        {
            await from.CopyAsync(Stream.Null, long.MaxValue, stopped.Token);
            if (fault.Answer is { } answer) await WriteAsync(client, answer);
            else Reset(client);
            return;
        }

        client.NoDelay = true;
        var to = client.GetStream();
        // 100 Continue is a head of its own; the answer's head follows.
        for (string? head = null; head is null || head.StartsWith("HTTP/1.1 1", StringComparison.Ordinal);)
        {
            head = await from.ReadHeadAsync(stopped.Token);
            if (head is null) return;
            await to.WriteAsync(Encoding.Latin1.GetBytes(head), stopped.Token);
        }

        await from.CopyAsync(to, fault?.CutAnswerAt ?? long.MaxValue, stopped.Token, fault?.PieceBytes ?? 0);
        if (fault?.CutAnswerAt is null) return;
        if (fault.GoesSilent) await Task.Delay(Timeout.Infinite, stopped.Token);
        else Reset(client);
    }

    private static void Reset(TcpClient client)
    {
        client.LingerState = new LingerOption(true, 0);
        client.Close();
    }

    private async Task WriteAsync(TcpClient client, string answer) => await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(answer), stopped.Token);
}
