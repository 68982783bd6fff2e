using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using VisionRollout.Rehearsal.Metrics;
using VisionRollout.Rehearsal.Scenario;
using Yarp.ReverseProxy.Forwarder;

namespace VisionRollout.Rehearsal.Mesh;

/// <summary>
/// The mesh's ingress gateway: a reverse proxy that sends each request where the routes in force say, and counts it. A request
/// goes to another endpoint only when no connection came about, so none is ever sent twice.
/// </summary>
internal sealed class Gateway(RehearsalScenario scenario, DataPlane dataPlane, MeshView mesh, RequestMetrics metrics) : IAsyncDisposable
{
    /// <summary>The response header with Envoy's flags on answers that the gateway itself gives.</summary>
    public const string FlagsHeader = "x-envoy-response-flags";

    private static readonly ForwarderRequestConfig Request = new() { ActivityTimeout = TimeSpan.FromSeconds(30) };

    private readonly SeededDraws draws = new(scenario.Seed);
    private readonly HttpMessageInvoker upstream = new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null,
        ConnectTimeout = TimeSpan.FromSeconds(2),
    });

    private WebApplication? application;
    private IHttpForwarder? forwarder;
    private int turn;

    /// <summary>Starts to listen on 127.0.0.1; port 0 takes any free one.</summary>
    /// <returns>The gateway's address.</returns>
    /// <exception cref="IOException">The port is in use.</exception>
    public async Task<Uri> StartAsync(int port, CancellationToken token)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Listen(IPAddress.Loopback, port);
        });
        builder.Services.AddLogging();
        builder.Services.AddHttpForwarder();
        application = builder.Build();
        forwarder = application.Services.GetRequiredService<IHttpForwarder>();
        application.Run(HandleAsync);
        await application.StartAsync(token);
        return new Uri(application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (application is not null)
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            await application.StopAsync(limit.Token);
            await application.DisposeAsync();
        }

        upstream.Dispose();
    }

    private async Task HandleAsync(HttpContext context)
    {
        var started = Stopwatch.GetTimestamp();
        var rule = dataPlane.Current.Table.Find(
            context.Request.Host.Host, context.Request.Path.Value ?? "/", context.Request.Method, name => Header(context, name));
        if (rule is null)
        {
            await RefuseAsync(context, StatusCodes.Status404NotFound, "NR", null, started);
            return;
        }

        if (rule.Choose(draws.Next()) is not { } destination)
        {
            await RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, "NC", null, started);
            return;
        }

        await ForwardAsync(context, destination, started);
    }

    private async Task ForwardAsync(HttpContext context, RouteDestination destination, long started)
    {
        MeshEndpoint? last = null;
        foreach (var endpoint in InTurn(destination))
        {
            last = endpoint;
            var error = await forwarder!.SendAsync(context, $"http://{endpoint.Address}", upstream, Request, HttpTransformer.Default);
            if (error == ForwarderError.None)
            {
                Count(endpoint.Pod, destination.Host, context.Response.StatusCode, started);
                return;
            }

            if (!NeverConnected(context))
            {
                await FailAsync(context, endpoint.Pod, destination.Host, started);
                return;
            }

            context.Response.Clear();
        }

        if (last is null)
            await RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, "UH", destination.Host, started);
        else
            await RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, "UF", destination.Host, started, last.Pod);
    }

    private MeshEndpoint[] InTurn(RouteDestination destination)
    {
        var ready = mesh.Current.Endpoints(destination.Host, destination.Subset);
        var first = ready.Count == 0 ? 0 : (Interlocked.Increment(ref turn) & int.MaxValue) % ready.Count;
        return [.. ready.Skip(first), .. ready.Take(first)];
    }

    private static bool NeverConnected(HttpContext context) =>
        !context.Response.HasStarted
        && context.Features.Get<IForwarderErrorFeature>()?.Exception is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError };

    /// <summary>The connection broke on the way (UC), or the client went away (DC).</summary>
    private async Task FailAsync(HttpContext context, PodIdentity pod, string host, long started)
    {
        if (context.RequestAborted.IsCancellationRequested)
        {
            metrics.Source(pod, host, 0, "DC").Add(Elapsed(started));
            return;
        }

        if (context.Response.HasStarted)
        {
            metrics.Source(pod, host, StatusCodes.Status503ServiceUnavailable, "UC").Add(Elapsed(started));
            context.Abort();
            return;
        }

        context.Response.Clear();
        await RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, "UC", host, started, pod);
    }

    private async Task RefuseAsync(HttpContext context, int status, string flags, string? host, long started, PodIdentity? pod = null)
    {
        context.Response.StatusCode = status;
        context.Response.Headers[FlagsHeader] = flags;
        context.Response.ContentType = "text/plain";
        var series = pod is null || host is null ? metrics.Unreached(host, status, flags) : metrics.Source(pod, host, status, flags);
        series.Add(Elapsed(started));
        await context.Response.WriteAsync(Explain(flags), context.RequestAborted);
    }

    private static string Explain(string flags) => flags switch
    {
        "NR" => "no route",
        "NC" => "no cluster",
        "UH" => "no healthy upstream",
        "UF" => "upstream connect error or disconnect/reset before headers. reset reason: connection failure",
        _ => "upstream connect error or disconnect/reset before headers. reset reason: connection termination",
    };

    private void Count(PodIdentity pod, string host, int code, long started)
    {
        var elapsed = Elapsed(started);
        metrics.Destination(pod, host, code).Add(elapsed);
        metrics.Source(pod, host, code, "-").Add(elapsed);
    }

    private static double Elapsed(long started) => Stopwatch.GetElapsedTime(started).TotalMilliseconds;

    private static string? Header(HttpContext context, string name) =>
        context.Request.Headers.TryGetValue(name, out var values) ? values.ToString() : null;
}
