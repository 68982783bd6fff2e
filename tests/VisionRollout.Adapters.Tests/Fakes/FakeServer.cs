using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace VisionRollout.Adapters.Tests.Fakes;

/// <summary>An HTTP server that gives prepared answers in order, the last one for ever: for faults that the rehearsal cannot be made to show at an exact request.</summary>
public sealed class FakeServer : IAsyncDisposable
{
    private const int Attempts = 20;
    private readonly HttpListener listener;
    private readonly ConcurrentQueue<FakeRequest> requests = new();
    private readonly Queue<Action<HttpListenerResponse>> answers;
    private readonly Task serving;

    private FakeServer(IEnumerable<Action<HttpListenerResponse>> answers)
    {
        this.answers = new(answers);
        (listener, Address) = Listen();
        serving = ServeAsync();
    }

    /// <summary>An address where nobody listens, and nobody may by chance: the discard service's port.</summary>
    public static Uri Nobody { get; } = new("http://127.0.0.1:9");

    public Uri Address { get; }

    public IReadOnlyList<FakeRequest> Requests => [.. requests];

    public static FakeServer Start(params Action<HttpListenerResponse>[] answers) => new(answers);

    /// <summary>Listens on a port of its own. A port that was free a moment ago may have gone to any connection of any other test, which is tried again.</summary>
    public static (HttpListener Listener, Uri Address) Listen()
    {
        for (var attempt = 1; ; attempt++)
        {
            var listener = new HttpListener();
            var address = new Uri($"http://127.0.0.1:{FreePort()}");
            listener.Prefixes.Add(address.AbsoluteUri);
            try
            {
                listener.Start();
                return (listener, address);
            }
            catch (HttpListenerException) when (attempt < Attempts)
            {
                listener.Close();
            }
        }
    }

    /// <summary>A port where nobody listens now. Whoever wants to listen there must be ready to find it taken.</summary>
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
