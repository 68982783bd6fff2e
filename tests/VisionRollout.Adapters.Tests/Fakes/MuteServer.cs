using System.Net;
using System.Net.Sockets;

namespace VisionRollout.Adapters.Tests.Fakes;

/// <summary>A TLS address where the handshake is never answered: no connection comes about.</summary>
public sealed class MuteServer : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);

    public MuteServer() => listener.Start();

    public Uri Address => new($"https://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");

    public void Dispose() => listener.Dispose();
}
