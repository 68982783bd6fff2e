using System.Diagnostics;
using System.Globalization;

namespace VisionRollout.Benchmarks.Databases;

/// <summary>What one piece of work took.</summary>
/// <param name="Elapsed">Time on the clock.</param>
/// <param name="Bytes">Stored bytes; 0 where nothing is stored.</param>
/// <param name="PeakBytes">Most memory of this process meanwhile, without PostgreSQL's own; 0 where other programs do the work.</param>
internal sealed record Measured(TimeSpan Elapsed, long Bytes, long PeakBytes)
{
    /// <summary>Processor time of everything that took part, PostgreSQL's sessions too.</summary>
    public TimeSpan Processor { get; init; }

    /// <summary>When the first and the last byte of a dump came; null where nobody looked.</summary>
    public (TimeSpan First, TimeSpan Last)? Dump { get; init; }

    /// <summary>Measures work of this process.</summary>
    /// <param name="clock">Reads processor time.</param>
    /// <param name="work">The work; gives the stored bytes, and may tell the watch when a dump comes.</param>
    public static async Task<Measured> OwnAsync(ProcessorClock clock, Func<DumpWatch, Task<long>> work)
    {
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        // proc(5): 5 sets the peak back to what is resident now.
        await File.WriteAllTextAsync("/proc/self/clear_refs", "5");
        var before = await clock.ReadAsync();
        var watch = new DumpWatch();
        var bytes = await work(watch);
        var elapsed = watch.Elapsed;
        return new(elapsed, bytes, Peak()) { Processor = await clock.ReadAsync() - before, Dump = watch.Dump };
    }

    /// <summary>Measures other programs in a pipe.</summary>
    /// <param name="clock">Reads processor time.</param>
    /// <param name="command">For bash; every program in it must succeed.</param>
    /// <param name="environment">Variables.</param>
    /// <param name="size">Gives the stored bytes.</param>
    public static async Task<Measured> ShellAsync(ProcessorClock clock, string command, IReadOnlyDictionary<string, string?> environment, Func<Task<long>>? size = null)
    {
        var start = new ProcessStartInfo("bash", ["-c", $"set -euo pipefail; {command}"]) { RedirectStandardError = true, WorkingDirectory = "/" };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        var before = await clock.ReadAsync();
        var watch = Stopwatch.StartNew();
        using var process = Process.Start(start)!;
        var said = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{command}: {said}");
        var elapsed = watch.Elapsed;
        return new(elapsed, size is null ? 0 : await size(), 0) { Processor = await clock.ReadAsync() - before };
    }

    private static long Peak() => long.Parse(File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1],
        NumberStyles.None, CultureInfo.InvariantCulture) << 10;
}
