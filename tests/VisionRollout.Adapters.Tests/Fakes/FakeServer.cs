using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace VisionRollout.Adapters.Tests.Fakes;

/// <summary>An HTTP server that gives prepared answers in order, the last one for ever: for faults that the rehearsal cannot be made to show at an exact request.</summary>
public sealed class FakeServer : IAsyncDisposable
{
    private readonly HttpListener listener = new();
    private readonly ConcurrentQueue<FakeRequest> requests = new();
    private readonly Queue<Action<HttpListenerResponse>> answers;
    private readonly Task serving;

    private FakeServer(int port, IEnumerable<Action<HttpListenerResponse>> answers)
    {
        this.answers = new(answers);
        Address = new Uri($"http://127.0.0.1:{port}");
        listener.Prefixes.Add(Address.AbsoluteUri);
        listener.Start();
        serving = ServeAsync();
    }

    public Uri Address { get; }

    public IReadOnlyList<FakeRequest> Requests => [.. requests];

    public static FakeServer Start(params Action<HttpListenerResponse>[] answers) => new(FreePort(), answers);

    /// <summary>A port where nobody listens.</summary>
    public static int FreePort()
    {
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }

    public static Action<HttpListenerResponse> Answer(int status, string body, params (string Name, string Value)[] headers) => response =>
    {
        response.StatusCode = status;
        response.ContentType = "application/json";
        foreach (var (name, value) in headers) response.Headers[name] = value;
        response.Close(Encoding.UTF8.GetBytes(body), willBlock: true);
    };

    /// <summary>A Status object as the API server sends it.</summary>
    public static Action<HttpListenerResponse> Status(int code, string reason, string message, params (string Name, string Value)[] headers) =>
        Answer(code, $$"""{"kind":"Status","apiVersion":"v1","status":"Failure","message":"{{message}}","reason":"{{reason}}","code":{{code}}}""", headers);

    /// <summary>Breaks the connection in the middle of an answer.</summary>
    public static void Reset(HttpListenerResponse response)
    {
        response.ContentLength64 = 1000;
        response.OutputStream.Write("{"u8);
        response.Abort();
    }

    public async ValueTask DisposeAsync()
    {
        listener.Stop();
        await serving;
        listener.Close();
    }

    private async Task ServeAsync()
    {
        while (listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await listener.GetContextAsync();
            }
            catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            using var reader = new StreamReader(context.Request.InputStream);
            var body = await reader.ReadToEndAsync();
            var headers = context.Request.Headers.AllKeys.ToDictionary(key => key!, key => context.Request.Headers[key]!, StringComparer.OrdinalIgnoreCase);
            requests.Enqueue(new FakeRequest(context.Request.HttpMethod, context.Request.RawUrl!, body, headers));
            (answers.Count > 1 ? answers.Dequeue() : answers.Peek())(context.Response);
        }
    }
}
