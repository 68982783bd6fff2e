using System.Diagnostics;

namespace VisionRollout.Rehearsal.Hosting;

/// <summary>A process that is recognised also when its id has been given to another one: by the time it was started.</summary>
/// <param name="Id">The process id.</param>
/// <param name="StartMark">Its start time in the system's own terms (Linux: field 22 of /proc/PID/stat).</param>
public sealed record ProcessIdentity(int Id, string StartMark)
{
    /// <summary>The living process with that id, or null when there is none (an ended one that waits to be reaped counts as gone).</summary>
    public static ProcessIdentity? Find(int id) => StartMarkOf(id) is { } mark ? new ProcessIdentity(id, mark) : null;

    /// <summary>Whether this very process still lives.</summary>
    public bool IsAlive => StartMarkOf(Id) == StartMark;

    private static string? StartMarkOf(int id) => OperatingSystem.IsLinux() ? FromProc(id) : FromSystem(id);

    private static string? FromProc(int id)
    {
        string stat;
        try
        {
            stat = File.ReadAllText($"/proc/{id}/stat");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        // "pid (name) state ppid ...": the name may hold blanks and parentheses, so count from its last ')'.
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return fields[0] is "Z" or "X" ? null : fields[19];
    }

    private static string? FromSystem(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return process.HasExited ? null : process.StartTime.Ticks.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
