using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace VisionRollout.Rehearsal.Pods;

/// <summary>
/// Gives pods their own loopback addresses, 127.a.b.1 and up, from a block that no other rehearsal on this machine uses: the
/// block's last address is held bound as the claim. Where only 127.0.0.1 exists (macOS), every pod gets that one and a port of its own.
/// </summary>
internal sealed class PodAddresses : IDisposable
{
    private const int ClaimPort = 8079;
    private const int Attempts = 50;

    private readonly Lock gate = new();
    private readonly HashSet<byte> taken = [];
    private readonly Socket? claim;
    private readonly byte high;
    private readonly byte low;
    private byte latest;

    /// <summary>Claims a free block.</summary>
    public PodAddresses()
    {
        for (var attempt = 0; attempt < Attempts && claim is null; attempt++)
        {
            high = (byte)RandomNumberGenerator.GetInt32(16, 127);
            low = (byte)RandomNumberGenerator.GetInt32(1, 255);
            claim = Bind(new IPAddress([127, high, low, 254]), ClaimPort);
        }
    }

    /// <summary>Whether each pod has an address of its own.</summary>
    public bool HasOwnAddresses => claim is not null;

    /// <summary>Takes an address; <see cref="IPAddress.Loopback"/> for all pods when there are no addresses of their own.</summary>
    /// <exception cref="InvalidOperationException">More than 253 pods.</exception>
    public IPAddress Take()
    {
        if (claim is null)
            return IPAddress.Loopback;
        lock (gate)
        {
            // Round the block rather than the lowest free one: an address just given back may still be in a client's pool.
            for (var tried = 0; tried < 253; tried++)
            {
                latest = (byte)(latest % 253 + 1);
                if (taken.Add(latest))
                    return new IPAddress([127, high, low, latest]);
            }
        }

        throw new InvalidOperationException("The node has no address left: it runs 253 pods already.");
    }

    /// <summary>Gives an address back.</summary>
    public void Return(IPAddress address)
    {
        lock (gate)
            taken.Remove(address.GetAddressBytes()[3]);
    }

    /// <inheritdoc/>
    public void Dispose() => claim?.Dispose();

    private static Socket? Bind(IPAddress address, int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(address, port));
            socket.Listen(1);
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }
}
