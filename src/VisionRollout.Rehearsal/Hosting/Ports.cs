using System.Globalization;
using System.Net;
using System.Net.Sockets;
using VisionRollout.Rehearsal.Scenario;

namespace VisionRollout.Rehearsal.Hosting;

/// <summary>The ports that the scenario fixes.</summary>
internal static class Ports
{
    /// <summary>Sees that every fixed port is free.</summary>
    /// <exception cref="StartFailureException">Code <c>port-busy</c>: names the port and who holds it.</exception>
    public static void EnsureFree(RehearsalScenario scenario)
    {
        EnsureFree("kubernetesPort", scenario.KubernetesPort);
        EnsureFree("gatewayPort", scenario.GatewayPort);
        EnsureFree("controlPort", scenario.ControlPort);
    }

    private static void EnsureFree(string name, int port)
    {
        if (port == 0)
            return;
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
        }
        catch (SocketException e)
        {
            throw new StartFailureException(StartFailureException.PortBusy, string.Create(CultureInfo.InvariantCulture,
                $"Port {port} ({name}) on 127.0.0.1 is held by {PortHolder.Describe(port)}. End it (perhaps an earlier rehearsal), or choose 0 for any free port."), e);
        }
    }
}
