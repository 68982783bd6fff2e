using System.Net;
using System.Net.Http;
using System.Net.WebSockets;
using k8s;

namespace VisionRollout.Adapters.Kubernetes;

/// <summary>Connects an <c>exec</c> WebSocket, and tells the HTTP status when the API server refuses: then the command has not started.</summary>
internal sealed class ExecSocketBuilder : WebSocketBuilder
{
    /// <summary>Prepares the connection.</summary>
    public ExecSocketBuilder(IWebProxy proxy)
    {
        // v5 differs from v4 only by the close message for standard input, which we don't open. The library adds v4 behind it.
        Options.AddSubProtocol(WebSocketProtocol.V5BinaryWebsocketProtocol);
        Options.Proxy = proxy;
        Options.KeepAliveInterval = TimeSpan.FromSeconds(15);
        Options.CollectHttpResponseDetails = true;
    }

    /// <inheritdoc/>
    /// <exception cref="HttpRequestException">The server refused, with the status.</exception>
    public override async Task<WebSocket> BuildAndConnectAsync(Uri uri, CancellationToken cancellationToken)
    {
        try
        {
            return await base.BuildAndConnectAsync(uri, cancellationToken);
        }
        catch (WebSocketException error) when (WebSocket.HttpStatusCode >= HttpStatusCode.BadRequest)
        {
            throw new HttpRequestException(error.Message, error, WebSocket.HttpStatusCode);
        }
    }
}
