using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace VisionRollout.EndToEnd.Tests;

/// <summary>A script in a process of its own, run by the console host.</summary>
public sealed class HostRun : IAsyncDisposable
{
    private readonly Process process;
    private readonly ConcurrentQueue<string> lines = [];
    private readonly ConcurrentQueue<string> errors = [];
    private readonly Task reading;

    private HostRun(Process process)
    {
        this.process = process;
        reading = Task.WhenAll(DrainAsync(process.StandardOutput, lines), DrainAsync(process.StandardError, errors));
    }

    /// <summary>What it printed, so far.</summary>
    public string Output => string.Join('\n', lines);

    /// <summary>Progress and diagnostics, so far.</summary>
    public string Errors => string.Join('\n', errors);

    /// <summary>Lines of progress and diagnostics, so far.</summary>
    public int ErrorLines => errors.Count;

    /// <summary>True when it has ended.</summary>
    public bool HasEnded => process.HasExited;

    /// <summary>All that a failed assertion should show.</summary>
    public string Story => $"{Output}\n--- standard error ---\n{Errors}";

    /// <summary>Starts a script.</summary>
    /// <param name="folder">Where it runs.</param>
    /// <param name="script">Path of the script.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">Variables on top of those of the tests.</param>
    public static HostRun Start(WorkFolder folder, string script, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(DotnetPath(), [Repository.HostProgram, script, .. arguments])
        {
            WorkingDirectory = folder.Path,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["TMPDIR"] = folder.Temporary;
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return new HostRun(process);
    }

    /// <summary>Waits for its end and gives its exit code.</summary>
    public async Task<int> WaitAsync(CancellationToken token)
    {
        await process.WaitForExitAsync(token);
        await reading.WaitAsync(token);
        return process.ExitCode;
    }

    /// <summary>Ends it as a crash does.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>Ctrl-C.</summary>
    public Task InterruptAsync() => SignalAsync("INT");

    /// <summary>Stops it as a machine that sleeps does: it does nothing more, and knows nothing of that.</summary>
    public Task PauseAsync() => SignalAsync("STOP");

    /// <summary>Wakes it.</summary>
    public Task WakeAsync() => SignalAsync("CONT");

    /// <summary>Waits until the phase is under way and so many records have followed its start; false when it has ended before.</summary>
    public Task<bool> ReachesAsync(WorkFolder folder, string phase, int records, CancellationToken token)
    {
        var follow = JournalView.Follow(folder);
        return Appears.WhenAsync(
            () =>
            {
                var all = follow().Records;
                var start = all.ToList().FindIndex(record => JournalView.Entry(record) is var entry && JournalView.Kind(entry) == "phase-started" && JournalView.Text(entry, "phase") == phase);
                return start >= 0 && all.Count - start > records;
            },
            () => HasEnded, token);
    }

    /// <summary>Ends it when it still runs.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited) await KillAsync();
        process.Dispose();
    }

    private static string DotnetPath() => System.Environment.ProcessPath is { } own && Path.GetFileNameWithoutExtension(own) == "dotnet"
        ? own
        : System.Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } given ? given : "dotnet";

    private async Task SignalAsync(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    private static async Task DrainAsync(StreamReader reader, ConcurrentQueue<string> into)
    {
        while (await reader.ReadLineAsync() is { } line) into.Enqueue(line);
    }
}
