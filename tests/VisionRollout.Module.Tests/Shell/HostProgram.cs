using System.Diagnostics;
using System.Text;
using CliWrap;
using CliWrap.Buffered;

namespace VisionRollout.Module.Tests.Shell;

/// <summary>The console host, run as a process of its own.</summary>
internal static class HostProgram
{
    // Only against hanging: a busy machine may take its time.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <summary>VisionRollout.Host.dll, built in the configuration of these tests.</summary>
    private static string Assembly
    {
        get
        {
            var output = new DirectoryInfo(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
            return Path.Combine(Repository.Root, "src", "VisionRollout.Host", "bin", output.Parent!.Name, output.Name, "VisionRollout.Host.dll");
        }
    }

    /// <summary>Runs a script text with arguments.</summary>
    public static async Task<BufferedCommandResult> RunScriptAsync(string text, params string[] arguments)
    {
        var path = await Save(text);
        try
        {
            return await RunAsync(["--", path, .. arguments]);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>Runs a script text with variables on top of those of the tests; gives the exit code and all that it printed.</summary>
    public static async Task<(int ExitCode, string Output)> RunScriptAsync(string text, IReadOnlyDictionary<string, string?> environment)
    {
        var path = await Save(text);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            var result = await Cli.Wrap("dotnet").WithArguments([Assembly, path]).WithEnvironmentVariables(environment).WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(limit.Token);
            return (result.ExitCode, result.StandardOutput + result.StandardError);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>Runs the program with arguments, without input.</summary>
    public static async Task<BufferedCommandResult> RunAsync(params string[] arguments)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        return await Cli.Wrap("dotnet").WithArguments([Assembly, .. arguments]).WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(limit.Token);
    }

    /// <summary>Runs a script and sends a signal when it has printed a line; gives the exit code and all that it printed.</summary>
    /// <param name="text">The script.</param>
    /// <param name="line">The line to wait for.</param>
    /// <param name="signal">INT (Ctrl-C) or TERM.</param>
    public static async Task<(int ExitCode, string Output)> SignalAsync(string text, string line, string signal)
    {
        var path = await Save(text);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        // A process that was started in the background (nohup, a build server) has SIGINT ignored, and its children inherit that.
        using var process = Process.Start(new ProcessStartInfo("env", ["--default-signal=INT,TERM", "dotnet", Assembly, path]) { RedirectStandardOutput = true, RedirectStandardInput = true })!;
        try
        {
            var output = new StringBuilder();
            while (await process.StandardOutput.ReadLineAsync(limit.Token) is { } printed)
            {
                output.AppendLine(printed);
                if (printed == line) await Cli.Wrap("kill").WithArguments([$"-{signal}", $"{process.Id}"]).ExecuteAsync(limit.Token);
            }

            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, output.ToString());
        }
        finally
        {
            if (!process.HasExited) process.Kill();
            File.Delete(path);
        }
    }

    /// <summary>Runs a script and kills the process a while after it has printed a line; one that ends before that is let be.</summary>
    /// <param name="text">The script.</param>
    /// <param name="line">The line to wait for.</param>
    /// <param name="after">How long after.</param>
    /// <param name="environment">Variables on top of those of the tests.</param>
    public static Task KillAsync(string text, string line, TimeSpan after, IReadOnlyDictionary<string, string?> environment) =>
        KillAsync(text, line, (_, token) => Task.Delay(after, token), environment);

    /// <summary>Runs a script and kills the process when, after it has printed a line, something has happened; one that ends before that is let be.</summary>
    /// <param name="text">The script.</param>
    /// <param name="line">The line to wait for.</param>
    /// <param name="happens">Ends when it has happened; gets the number of the process.</param>
    /// <param name="environment">Variables on top of those of the tests.</param>
    public static async Task KillAsync(string text, string line, Func<int, CancellationToken, Task> happens, IReadOnlyDictionary<string, string?> environment)
    {
        var path = await Save(text);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        var start = new ProcessStartInfo("dotnet", [Assembly, path]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        try
        {
            var said = process.StandardError.ReadToEndAsync(limit.Token);
            while (await process.StandardOutput.ReadLineAsync(limit.Token) != line) Assert.False(process.HasExited, process.HasExited ? await said : "");
            await await Task.WhenAny(process.WaitForExitAsync(limit.Token), happens(process.Id, limit.Token));
            Assert.True(!process.HasExited || process.ExitCode == 0, process.HasExited ? await said : "");
        }
        finally
        {
            await limit.CancelAsync();
            if (!process.HasExited) process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
            File.Delete(path);
        }
    }

    private static async Task<string> Save(string text)
    {
        var path = Path.Combine(Path.GetTempPath(), $"host-test-{Guid.NewGuid():N}.ps1");
        await File.WriteAllTextAsync(path, text);
        return path;
    }
}
