using System.Globalization;

namespace VisionRollout.Rehearsal.Hosting;

/// <summary>Finds out who holds a TCP port (Linux: /proc/net/tcp and the open files of each process, see proc(5)).</summary>
public static class PortHolder
{
    private const string Listening = "0A";

    private static readonly string[] Tables = ["/proc/net/tcp", "/proc/net/tcp6"];

    /// <summary>A phrase such as "process 123 (nginx)", or "another process" when it cannot be told.</summary>
    public static string Describe(int port)
    {
        try
        {
            return ListeningInode(port) is { } inode && OwnerOf(inode) is { } owner ? owner : "another process";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "another process";
        }
    }

    private static string? ListeningInode(int port)
    {
        var suffix = ":" + port.ToString("X4", CultureInfo.InvariantCulture);
        foreach (var table in Tables.Where(File.Exists))
        {
            foreach (var line in File.ReadLines(table).Skip(1))
            {
                var columns = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (columns.Length > 9 && columns[3] == Listening && columns[1].EndsWith(suffix, StringComparison.Ordinal))
                    return columns[9];
            }
        }

        return null;
    }

    private static string? OwnerOf(string inode)
    {
        var wanted = $"socket:[{inode}]";
        foreach (var process in Directory.EnumerateDirectories("/proc").Where(p => char.IsAsciiDigit(Path.GetFileName(p)[0])))
        {
            if (HasOpen(process, wanted))
                return $"process {Path.GetFileName(process)} ({File.ReadAllText(Path.Combine(process, "comm")).Trim()})";
        }

        return null;
    }

    private static bool HasOpen(string process, string wanted)
    {
        try
        {
            return Directory.EnumerateFileSystemEntries(Path.Combine(process, "fd"))
                .Any(handle => new FileInfo(handle).LinkTarget == wanted);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
