using System.Diagnostics;
using System.Net.NetworkInformation;

namespace VisionRollout.Rehearsal.Tests.Hosting;

/// <summary>Looks for what a rehearsal may have left behind.</summary>
public static class Traces
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    /// <summary>Waits until the directory is gone and nobody listens on the ports; fails with what is left.</summary>
    public static async Task GoneAsync(string directory, IReadOnlyList<int> ports, CancellationToken token)
    {
        var waited = Stopwatch.StartNew();
        while (Left(directory, ports) is { } left)
        {
            Assert.True(waited.Elapsed < Limit, left);
            await Task.Delay(Poll, token);
        }
    }

    private static string? Left(string directory, IReadOnlyList<int> ports)
    {
        if (Directory.Exists(directory))
            return $"The directory {directory} is still there.";
        var open = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Select(listener => listener.Port).Intersect(ports).ToArray();
        return open.Length == 0 ? null : $"Somebody still listens on {string.Join(", ", open)}.";
    }
}
