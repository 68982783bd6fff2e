using System.Diagnostics;

namespace VisionRollout.Rehearsal.Postgres;

/// <summary>Where a private server keeps its files: a folder that its user owns and can reach.</summary>
/// <param name="Root">The folder; removed at the end.</param>
/// <param name="User">The owner.</param>
internal sealed record PostgresDirectory(string Root, SystemUser User)
{
    // sockaddr_un holds 108 bytes (unix(7)), and PostgreSQL adds "/.s.PGSQL.65535.lock".
    private const int LongestSocketFolder = 85;

    /// <summary>The server's data.</summary>
    public string Data => Path.Combine(Root, "data");

    /// <summary>What the server writes to its log.</summary>
    public string Log => Path.Combine(Root, "server.log");

    /// <summary>The folder of the unix socket; empty (no socket) when the path is too long for one.</summary>
    public string Sockets => Root.Length <= LongestSocketFolder ? Root : string.Empty;

    /// <summary>Creates it below the run's directory, or in the system's temporary folder when its user cannot get there.</summary>
    public static async Task<PostgresDirectory> CreateAsync(string runDirectory, SystemUser user, CancellationToken token)
    {
        var below = Create(Path.Combine(runDirectory, "postgres"), user);
        if (await below.IsReachableAsync(token))
            return below;
        Directory.Delete(below.Root);
        return Create(Path.Combine(Path.GetTempPath(), $"visionrollout-postgres-{Guid.NewGuid():N}"), user);
    }

    private static PostgresDirectory Create(string root, SystemUser user)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(root);
        else
            Directory.CreateDirectory(root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        user.Own(root);
        return new PostgresDirectory(root, user);
    }

    private async Task<bool> IsReachableAsync(CancellationToken token)
    {
        if (User.Name is null)
            return true;
        var words = User.Run("/bin/sh", "-c", "cd \"$1\" 2>/dev/null", "sh", Root);
        using var probe = Process.Start(new ProcessStartInfo(words[0], words.Skip(1)) { WorkingDirectory = "/" })!;
        await probe.WaitForExitAsync(token);
        return probe.ExitCode == 0;
    }
}
