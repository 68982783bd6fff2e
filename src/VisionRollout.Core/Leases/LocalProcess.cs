using System.Diagnostics;
using System.Globalization;

namespace VisionRollout.Core.Leases;

/// <summary>Tells whether a process of this place still runs. A number alone is used again by the system, so the start belongs to it.</summary>
public static class LocalProcess
{
    private static readonly TimeSpan StartTolerance = TimeSpan.FromSeconds(2);

    /// <summary>Where process numbers mean the same as here. On Linux machine, boot and process namespace: two containers on one machine
    /// are two places, and so is the machine after a reboot.</summary>
    public static string Place { get; } = FindPlace();

    /// <summary>This process: <c>number:start</c>.</summary>
    public static string Current { get; } = Describe(System.Environment.ProcessId) ?? "";

    /// <summary>True unless it is certain that the process has ended.</summary>
    /// <param name="process">As <see cref="Current"/> gives it.</param>
    public static bool IsRunning(string process)
    {
        var parts = process.Split(':');
        if (parts.Length != 2 || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var id)) return true;
        if (Describe(id) is not { } found) return false;
        if (OperatingSystem.IsLinux()) return found == process;
        return !long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var start)
            || TimeSpan.FromTicks(Math.Abs(long.Parse(found.Split(':')[1], CultureInfo.InvariantCulture) - start)) < StartTolerance;
    }

    /// <summary>The process of a number; null when there is none, or only its remains.</summary>
    private static string? Describe(int id)
    {
        try
        {
            if (OperatingSystem.IsLinux()) return DescribeOnLinux(id);
            using var process = Process.GetProcessById(id);
            return string.Create(CultureInfo.InvariantCulture, $"{id}:{process.StartTime.ToUniversalTime().Ticks}");
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException or IOException)
        {
            return null;
        }
    }

    // proc_pid_stat(5): the name stands in parentheses and may hold anything; after it come the state (3) and, nineteen on, the start in ticks since boot (22).
    private static string? DescribeOnLinux(int id)
    {
        var text = File.ReadAllText($"/proc/{id}/stat");
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return fields[0] is "Z" or "X" ? null : $"{id}:{fields[19]}";
    }

    private static string FindPlace()
    {
        if (!OperatingSystem.IsLinux()) return System.Environment.MachineName;
        try
        {
            var boot = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
            return $"{System.Environment.MachineName} {boot} {File.ResolveLinkTarget("/proc/self/ns/pid", returnFinalTarget: false)?.Name}";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return ""; // a place that is not known is nobody's: the lease's time decides
        }
    }
}
