using System.Diagnostics;
using System.Globalization;

namespace VisionRollout.Benchmarks.Databases;

/// <summary>What one piece of work took.</summary>
/// <param name="Elapsed">Time on the clock.</param>
/// <param name="Bytes">Stored bytes; 0 where nothing is stored.</param>
/// <param name="PeakBytes">Most memory of this process meanwhile, without PostgreSQL's own; 0 where other programs do the work.</param>
internal sealed record Measured(TimeSpan Elapsed, long Bytes, long PeakBytes)
{
    /// <summary>Measures work of this process.</summary>
    /// <param name="work">The work; gives the stored bytes.</param>
    public static async Task<Measured> OwnAsync(Func<Task<long>> work)
    {
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        // proc(5): 5 sets the peak back to what is resident now.
        await File.WriteAllTextAsync("/proc/self/clear_refs", "5");
        var watch = Stopwatch.StartNew();
        var bytes = await work();
        return new(watch.Elapsed, bytes, Peak());
    }

    /// <summary>Measures other programs in a pipe.</summary>
    /// <param name="command">For bash; every program in it must succeed.</param>
    /// <param name="environment">Variables.</param>
    /// <param name="size">Gives the stored bytes.</param>
    public static async Task<Measured> ShellAsync(string command, IReadOnlyDictionary<string, string?> environment, Func<Task<long>>? size = null)
    {
        var start = new ProcessStartInfo("bash", ["-c", $"set -euo pipefail; {command}"]) { RedirectStandardError = true, WorkingDirectory = "/" };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        var watch = Stopwatch.StartNew();
        using var process = Process.Start(start)!;
        var said = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{command}: {said}");
        var elapsed = watch.Elapsed;
        return new(elapsed, size is null ? 0 : await size(), 0);
    }

    private static long Peak() => long.Parse(File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1],
        NumberStyles.None, CultureInfo.InvariantCulture) << 10;
}
