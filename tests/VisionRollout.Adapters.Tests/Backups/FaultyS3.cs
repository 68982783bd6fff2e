#pragma warning disable CA5351 // Content-MD5 and ETag are what the protocol prescribes.
using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Web;

namespace VisionRollout.Tests.Backups;

/// <summary>As much of S3's protocol as an upload needs, to show faults that a real store can't be made to show.
/// It checks what a store checks of a multipart upload: MD5 of every part, the smallest part size, the ETags of the completion.</summary>
internal sealed class FaultyS3 : IAsyncDisposable
{
    private const int SmallestPart = 5 << 20;
    private readonly HttpListener listener = new();
    private readonly ConcurrentDictionary<string, byte[]> objects = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<int, byte[]>> uploads = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<int, int> partAttempts = [];
    private readonly Task serving;
    private int concurrent;

    public FaultyS3()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        Endpoint = new Uri($"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/");
        probe.Stop();
        listener.Prefixes.Add(Endpoint.AbsoluteUri);
        listener.Start();
        serving = Task.Run(ServeAsync);
    }

    public Uri Endpoint { get; }

    /// <summary>How a part (number, attempt) is answered; null: as a healthy store would.</summary>
    public Func<int, int, HttpStatusCode?> PartFault { get; init; } = static (_, _) => null;

    /// <summary>Answers the completion with 200 and an error in the body, and keeps nothing.</summary>
    public bool CompletionLies { get; init; }

    public IReadOnlyCollection<string> Objects => [.. objects.Keys];

    public int OpenUploads => uploads.Count;

    public int PartsStored { get; private set; }

    public int MostAtOnce { get; private set; }

    public async ValueTask DisposeAsync()
    {
        listener.Stop();
        await serving;
        listener.Close();
    }

    private async Task ServeAsync()
    {
        var running = new List<Task>();
        try
        {
            while (true) running.Add(AnswerAsync(await listener.GetContextAsync()));
        }
        catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
        {
            // Stopped.
        }

        await Task.WhenAll(running);
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        try
        {
            using var body = new MemoryStream();
            await context.Request.InputStream.CopyToAsync(body);
            var (status, content) = Answer(context, body.ToArray());
            context.Response.StatusCode = (int)status;
            if (context.Request.HttpMethod == "HEAD") context.Response.ContentLength64 = content.Length;
            else await context.Response.OutputStream.WriteAsync(content);
            context.Response.Close();
        }
        catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException or IOException)
        {
            // The client went away.
        }
    }

    private (HttpStatusCode Status, byte[] Content) Answer(HttpListenerContext context, byte[] body)
    {
        var request = context.Request;
        var key = HttpUtility.UrlDecode(request.Url!.AbsolutePath).TrimStart('/');
        var query = request.QueryString;
        if (body.Length > 0 && request.Headers["Content-MD5"] is { } md5 && md5 != Convert.ToBase64String(MD5.HashData(body))) return Error(HttpStatusCode.BadRequest, "BadDigest");
        if (request.Headers["x-amz-content-sha256"]?.StartsWith("STREAMING", StringComparison.Ordinal) == true) return Error(HttpStatusCode.NotImplemented, "NotImplemented");
        switch (request.HttpMethod)
        {
            case "POST" when query["uploads"] is not null || request.Url.Query.Contains("uploads", StringComparison.Ordinal):
                var id = Guid.NewGuid().ToString("N");
                uploads[id] = [];
                return Xml($"<InitiateMultipartUploadResult><UploadId>{id}</UploadId></InitiateMultipartUploadResult>");
            case "PUT" when query["uploadId"] is { } upload:
                return Part(context, upload, int.Parse(query["partNumber"]!, CultureInfo.InvariantCulture), body);
            case "POST" when query["uploadId"] is { } upload:
                return Complete(key, upload, Encoding.UTF8.GetString(body));
            case "DELETE" when query["uploadId"] is { } upload:
                uploads.TryRemove(upload, out _);
                return (HttpStatusCode.NoContent, []);
            case "PUT":
                objects[key] = body;
                return (HttpStatusCode.OK, []);
            case "DELETE":
                objects.TryRemove(key, out _);
                return (HttpStatusCode.NoContent, []);
            case "GET" when query["uploads"] is not null || request.Url.Query.Contains("uploads", StringComparison.Ordinal):
                return Xml("<ListMultipartUploadsResult><IsTruncated>false</IsTruncated></ListMultipartUploadsResult>");
            case "GET" when query["list-type"] == "2":
                return Xml($"<ListBucketResult><IsTruncated>false</IsTruncated>{string.Concat(objects.Where(item => item.Key.StartsWith(key.Split('/')[0] + "/" + query["prefix"], StringComparison.Ordinal))
                    .Select(item => $"<Contents><Key>{item.Key[(item.Key.IndexOf('/', StringComparison.Ordinal) + 1)..]}</Key><Size>{item.Value.Length}</Size></Contents>"))}</ListBucketResult>");
            default:
                return objects.TryGetValue(key, out var found) ? (HttpStatusCode.OK, found) : Error(HttpStatusCode.NotFound, "NoSuchKey");
        }
    }

    private (HttpStatusCode Status, byte[] Content) Part(HttpListenerContext context, string upload, int number, byte[] body)
    {
        MostAtOnce = Math.Max(MostAtOnce, Interlocked.Increment(ref concurrent));
        try
        {
            if (PartFault(number, partAttempts.AddOrUpdate(number, 1, (_, old) => old + 1)) is { } fault) return Error(fault, "SlowDown");
            if (!uploads.TryGetValue(upload, out var parts)) return Error(HttpStatusCode.NotFound, "NoSuchUpload");
            parts[number] = body;
            PartsStored++;
            context.Response.Headers["ETag"] = ETag(body);
            return (HttpStatusCode.OK, []);
        }
        finally
        {
            Interlocked.Decrement(ref concurrent);
        }
    }

    private (HttpStatusCode Status, byte[] Content) Complete(string key, string upload, string document)
    {
        if (CompletionLies) return Xml("<Error><Code>InternalError</Code><Message>We encountered an internal error.</Message></Error>");
        if (!uploads.TryRemove(upload, out var parts)) return Error(HttpStatusCode.NotFound, "NoSuchUpload");
        var ordered = parts.OrderBy(part => part.Key).Select(part => part.Value).ToList();
        if (ordered.SkipLast(1).Any(part => part.Length < SmallestPart)) return Error(HttpStatusCode.BadRequest, "EntityTooSmall");
        if (ordered.Any(part => !HttpUtility.HtmlDecode(document).Contains(ETag(part).Trim('"'), StringComparison.Ordinal))) return Error(HttpStatusCode.BadRequest, "InvalidPart");
        objects[key] = [.. ordered.SelectMany(part => part)];
        return Xml($"<CompleteMultipartUploadResult><ETag>\"x-{ordered.Count}\"</ETag></CompleteMultipartUploadResult>");
    }

    private static string ETag(byte[] content) => $"\"{Convert.ToHexStringLower(MD5.HashData(content))}\"";

    private static (HttpStatusCode Status, byte[] Content) Xml(string text) => (HttpStatusCode.OK, Encoding.UTF8.GetBytes($"<?xml version=\"1.0\" encoding=\"UTF-8\"?>{text}"));

    private static (HttpStatusCode Status, byte[] Content) Error(HttpStatusCode status, string code) =>
        (status, Encoding.UTF8.GetBytes($"<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>{code}</Code><Message>{code}</Message></Error>"));
}
