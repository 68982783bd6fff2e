using System.Security.Cryptography;

namespace VisionRollout.Core.Leases;

/// <summary>One session of one process that holds a lease, or wants to.</summary>
/// <param name="Identity">Unique and for people: <c>user@machine/process#session</c>.</param>
/// <param name="Place">Where process numbers mean the same as here: machine, boot and process namespace.</param>
/// <param name="Process">The process: its number and its start, see <see cref="LocalProcess"/>.</param>
public sealed record LeaseHolder(string Identity, string Place, string Process)
{
    /// <summary>A new identity in this process.</summary>
    public static LeaseHolder New() => new(
        $"{System.Environment.UserName}@{System.Environment.MachineName}/{System.Environment.ProcessId}#{Convert.ToHexString(RandomNumberGenerator.GetBytes(4)).ToLowerInvariant()}",
        LocalProcess.Place, LocalProcess.Current);

    /// <summary>True when it is known that the holder's process has ended: it ran here, and it doesn't any more.</summary>
    public bool IsGone() => Place.Length > 0 && Place == LocalProcess.Place && !LocalProcess.IsRunning(Process);
}
