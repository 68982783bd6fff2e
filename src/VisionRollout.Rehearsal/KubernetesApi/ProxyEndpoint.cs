using System.Net;
using System.Text.Json.Nodes;
using VisionRollout.Rehearsal.Cluster;
using Yarp.ReverseProxy.Forwarder;

namespace VisionRollout.Rehearsal.KubernetesApi;

/// <summary>Answers <c>pods/proxy</c> and <c>services/proxy</c>: forwards the request to the pod, or to a ready endpoint of the service.</summary>
internal sealed class ProxyEndpoint(ObjectStore store, IHttpForwarder forwarder) : IDisposable
{
    private readonly HttpMessageInvoker client = new(new SocketsHttpHandler
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = TimeSpan.FromSeconds(5),
    });

    private int next;

    /// <summary>Forwards a request and its answer.</summary>
    public async Task RunAsync(ApiRequest request)
    {
        var (name, port) = Target(request.Name!);
        var address = request.Type.Plural == "pods" ? PodAddress(request, name, port) : ServiceAddress(request, name, port);
        var error = await forwarder.SendAsync(request.Context, $"http://{address}", client, ForwarderRequestConfig.Empty, new Rewrite(request.Rest));
        if (error is not ForwarderError.None && !request.Context.Response.HasStarted)
        {
            request.Context.Response.Clear();
            var cause = request.Context.GetForwarderErrorFeature()?.Exception?.Message ?? error.ToString();
            throw new ApiException(503, "ServiceUnavailable", $"error trying to reach service: {cause}");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();

    /// <summary>Reads <c>[scheme:]name[:port]</c>.</summary>
    private static (string Name, string? Port) Target(string text) => text.Split(':') switch
    {
        [var name] => (name, null),
        ["http" or "https" or "", var name, var port] => (name, port.Length == 0 ? null : port),
        [var name, var port] => (name, port.Length == 0 ? null : port),
        _ => throw ApiException.BadRequest($"invalid pod or service request {text}"),
    };

    private string PodAddress(ApiRequest request, string name, string? port)
    {
        var key = request.Type.Key(request.Namespace, name);
        var pod = store.Get(key) ?? throw ApiException.NotFound(key);
        var ip = pod.Text("status", "podIP") ?? throw new ApiException(503, "ServiceUnavailable", $"pod {name} has no address yet");
        var ports = pod.Items("spec", "containers").SelectMany(container => container.Items("ports")).ToList();
        var wanted = int.TryParse(port, out var number) ? number
            : (port is null ? ports.FirstOrDefault() : ports.Find(known => known.Text("name") == port)).Int("containerPort") ?? 80;
        return $"{ip}:{PodFacts.ActualPort(pod, wanted)}";
    }

    private string ServiceAddress(ApiRequest request, string name, string? port)
    {
        var key = request.Type.Key(request.Namespace, name);
        var service = store.Get(key) ?? throw ApiException.NotFound(key);
        var ports = service.Items("spec", "ports").ToList();
        var wanted = port is null ? ports.FirstOrDefault() : ports.Find(known => known.Text("name") == port || $"{known.Int("port")}" == port);
        if (wanted is null)
            throw new ApiException(503, "ServiceUnavailable", $"no service port \"{port}\" found for service \"{name}\"");
        var addresses = store.Get(new ObjectKey("", "endpoints", request.Namespace, name)).Items("subsets")
            .SelectMany(subset => subset.Items("addresses").Select(address => $"{address.Text("ip")}:{EndpointPort(subset, ports, wanted)}"))
            .ToList();
        if (addresses.Count == 0)
            throw new ApiException(503, "ServiceUnavailable", $"no endpoints available for service \"{name}\"");
        return addresses[(int)((uint)Interlocked.Increment(ref next) % (uint)addresses.Count)];
    }

    private static int EndpointPort(JsonObject subset, List<JsonObject> ports, JsonObject wanted)
    {
        var open = subset.Items("ports").ToList();
        var match = wanted.Text("name") is { } name ? open.Find(port => port.Text("name") == name) : open.ElementAtOrDefault(ports.IndexOf(wanted));
        return match.Int("port") ?? 0;
    }

    private sealed class Rewrite(string path) : HttpTransformer
    {
        public override async ValueTask TransformRequestAsync(HttpContext context, HttpRequestMessage request, string destinationPrefix, CancellationToken cancellationToken)
        {
            await base.TransformRequestAsync(context, request, destinationPrefix, cancellationToken);
            request.RequestUri = new Uri($"{destinationPrefix}{(path.Length == 0 ? "/" : path)}{context.Request.QueryString.Value}");
            request.Headers.Host = null;
            request.Headers.Remove("Authorization");
        }
    }
}
