using System.Diagnostics;
using System.Globalization;
using System.Net;
using VisionRollout.Rehearsal.Faults;
using VisionRollout.Rehearsal.Mesh;

namespace VisionRollout.Rehearsal.Pods;

/// <summary>A running pod: a real HTTP server that serves its own service's paths and forwards the other services' to their pods.</summary>
internal sealed class PodServer : IDisposable
{
    /// <summary>How long (real time) a pod goes on accepting after it has left the endpoints, as a preStop hook would have it.</summary>
    private static readonly TimeSpan DrainTime = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan GracePeriod = TimeSpan.FromSeconds(15);

    private readonly PodWorld world;
    private readonly PodLog log;
    private readonly LoopbackHttpServer listener;
    private readonly PodLedger ledger;
    private readonly PodHealthCheck health;
    private readonly EastWestCalls eastWest;
    private volatile bool draining;

    /// <summary>Makes a pod that does not listen yet.</summary>
    public PodServer(PodIdentity identity, IPAddress address, PodWorld world, PodLog log)
    {
        Identity = identity;
        Address = address;
        this.world = world;
        this.log = log;
        listener = new LoopbackHttpServer(HandleAsync);
        ledger = new PodLedger(identity, world);
        eastWest = new EastWestCalls(identity, world);
        health = new PodHealthCheck(identity, world, eastWest);
    }

    /// <summary>Who it is.</summary>
    public PodIdentity Identity { get; }

    /// <summary>Where it listens.</summary>
    public IPAddress Address { get; }

    /// <summary>The port it listens on.</summary>
    public int Port { get; private set; }

    /// <summary>Starts to listen.</summary>
    /// <exception cref="IOException">The address is in use.</exception>
    public async Task StartAsync(int port, CancellationToken token)
    {
        Log($"starting {Identity.Service} {Identity.ImageTag} ({Identity.Colour})");
        Port = await listener.StartAsync(Address, port, token);
        Log($"listening on {Address}:{Port}");
    }

    /// <summary>Stops as Kubernetes does it: asks clients to leave, finishes what is in progress, then closes.</summary>
    public async Task DrainAsync()
    {
        Log("SIGTERM received, draining");
        draining = true;
        await Task.Delay(DrainTime);
        using var grace = new CancellationTokenSource(GracePeriod);
        await listener.StopAsync(grace.Token);
        Log("stopped");
        log.End();
    }

    /// <summary>Ends at once, as a process that crashes: connections are cut.</summary>
    public async Task CrashAsync(string lastWords)
    {
        Log(lastWords);
        log.End();
        await listener.StopAsync(new CancellationToken(canceled: true));
    }

    /// <inheritdoc/>
    public void Dispose() => listener.Dispose();

    private async Task HandleAsync(HttpContext context)
    {
        var started = Stopwatch.GetTimestamp();
        if (draining)
            context.Response.Headers.Connection = "close";
        context.Response.Headers["x-pod"] = Identity.Name;
        context.Response.Headers["x-service"] = Identity.Service;
        context.Response.Headers["x-version"] = Identity.ImageTag;
        context.Response.Headers["x-colour"] = Identity.Colour;
        var path = context.Request.Path.Value ?? "/";
        try
        {
            await RouteAsync(context, path);
        }
        catch (Exception error) when (!context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
        {
            await PodAnswer.WriteErrorAsync(context, StatusCodes.Status500InternalServerError, Identity, error.Message);
        }

        if (path is not ("/healthz" or "/readyz"))
        {
            Log(string.Create(CultureInfo.InvariantCulture,
                $"{context.Request.Method} {path} {context.Response.StatusCode} {Stopwatch.GetElapsedTime(started).TotalMilliseconds:F1}ms"));
        }
    }

    private Task RouteAsync(HttpContext context, string path) => path switch
    {
        "/healthz" => PodAnswer.WriteTextAsync(context, StatusCodes.Status200OK, "ok"),
        "/readyz" => PodAnswer.WriteTextAsync(context, IsReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable, IsReady ? "ok" : "not ready"),
        "/health" => health.WriteAsync(context),
        _ => ServeAsync(context, path),
    };

    private bool IsReady => !draining
        && !world.Faults.Active(FaultNames.NeverReady).Any(fault => fault.Hits(Identity.Service, Identity.Colour, Identity.ImageTag, Identity.Name));

    private Task ServeAsync(HttpContext context, string path)
    {
        var service = path.Split('/', 3, StringSplitOptions.RemoveEmptyEntries).FirstOrDefault() ?? string.Empty;
        if (service == Identity.Service || (service.Length == 0 && HttpMethods.IsGet(context.Request.Method)))
            return ServeOwnAsync(context, path);
        return world.Scenario.Service(service) is null
            ? PodAnswer.WriteErrorAsync(context, StatusCodes.Status404NotFound, Identity, $"There is no service for {path}.")
            : eastWest.ForwardAsync(context, service);
    }

    private Task ServeOwnAsync(HttpContext context, string path)
    {
        if (path == $"/{Identity.Service}/ledger" && HttpMethods.IsPost(context.Request.Method))
            return ledger.WriteAsync(context);
        return HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method)
            ? PodAnswer.WriteJsonAsync(context, StatusCodes.Status200OK, PodAnswer.Describe(Identity, path))
            : PodAnswer.WriteErrorAsync(context, StatusCodes.Status405MethodNotAllowed, Identity, $"{context.Request.Method} is not allowed on {path}.");
    }

    private void Log(string text) => log.Write(world.Clock.Now, text);
}
