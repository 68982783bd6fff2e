using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace VisionRollout.Rehearsal.Pods;

/// <summary>A Kestrel server without a host around it: one address, one handler, started in about a millisecond.</summary>
internal sealed class LoopbackHttpServer(RequestDelegate handler) : IHttpApplication<HttpContext>, IDisposable
{
    private KestrelServer? server;

    /// <summary>Starts to listen; port 0 takes any free one.</summary>
    /// <returns>The port.</returns>
    /// <exception cref="IOException">The address is in use.</exception>
    public async Task<int> StartAsync(IPAddress address, int port, CancellationToken token)
    {
        var options = new KestrelServerOptions { AddServerHeader = false };
        options.Listen(address, port);
        server = new KestrelServer(
            Options.Create(options),
            new SocketTransportFactory(Options.Create(new SocketTransportOptions()), NullLoggerFactory.Instance),
            NullLoggerFactory.Instance);
        await server.StartAsync(this, token);
        return new Uri(server.Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;
    }

    /// <summary>Stops to listen, closes idle connections and waits for requests in progress until the token is cancelled; then cuts them.</summary>
    public Task StopAsync(CancellationToken token) => server?.StopAsync(token) ?? Task.CompletedTask;

    /// <inheritdoc/>
    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    /// <inheritdoc/>
    public Task ProcessRequestAsync(HttpContext context) => handler(context);

    /// <inheritdoc/>
    public void DisposeContext(HttpContext context, Exception? exception)
    {
        // A DefaultHttpContext made here owns nothing.
    }

    /// <inheritdoc/>
    public void Dispose() => server?.Dispose();
}
