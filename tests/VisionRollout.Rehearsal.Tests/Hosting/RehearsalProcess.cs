using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using VisionRollout.Rehearsal.Scenario;

namespace VisionRollout.Rehearsal.Tests.Hosting;

/// <summary>The real program in a process of its own, with its ready line read. Disposing it closes its input and waits for its end.</summary>
public sealed class RehearsalProcess : IAsyncDisposable
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly Process process;
    private readonly string folder;

    private RehearsalProcess(Process process, string folder, JsonElement line)
    {
        this.process = process;
        this.folder = folder;
        Line = line;
    }

    /// <summary>The program as the build put it beside the tests.</summary>
    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, typeof(RehearsalScenario).Assembly.GetName().Name + ".dll");

    /// <summary>The ready line, or the line that says why there is none.</summary>
    public JsonElement Line { get; }

    public int ProcessId => process.Id;

    public int ExitCode => process.ExitCode;

    public string RunDirectory => Path.Combine(folder, "run");

    public string this[string property] => Line.GetProperty(property).GetString()!;

    public int PostgresPort => Line.GetProperty("postgresPort").GetInt32();

    /// <summary>Starts the program and waits for its line.</summary>
    public static async Task<RehearsalProcess> StartAsync(
        string scenario, CancellationToken token, string? postgresFolder = null, string? postgres = null, int? parent = null, bool expectFailure = false)
    {
        var folder = NewFolder();
        await File.WriteAllTextAsync(Path.Combine(folder, "scenario.json"), scenario, token);
        var start = new ProcessStartInfo("dotnet", Arguments(folder, parent ?? Environment.ProcessId))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (postgres is not null)
        {
            start.ArgumentList.Add("--postgres");
            start.ArgumentList.Add(postgres);
        }

        if (postgresFolder is not null)
            start.Environment["VISIONROLLOUT_POSTGRES_BIN"] = postgresFolder;
        var process = Process.Start(start)!;
        var diagnostics = process.StandardError.ReadToEndAsync(CancellationToken.None);
        var text = await process.StandardOutput.ReadLineAsync(token).AsTask().WaitAsync(Limit, token);
        Assert.True(text is not null, $"The rehearsal ended without a line: {(text is null ? await diagnostics : string.Empty)}");
        var rehearsal = new RehearsalProcess(process, folder, JsonDocument.Parse(text!).RootElement);
        if (!expectFailure)
            Assert.True(rehearsal.Line.GetProperty("ready").GetBoolean(), $"The rehearsal did not start (it needs the Debian package 'postgresql'): {text}");
        return rehearsal;
    }

    public static string NewFolder() => Directory.CreateTempSubdirectory("rehearsal-test-").FullName;

    public static IEnumerable<string> Arguments(string folder, int parent) =>
    [
        Program, "--scenario", Path.Combine(folder, "scenario.json"), "--directory", Path.Combine(folder, "run"),
        "--parent", parent.ToString(CultureInfo.InvariantCulture),
    ];

    public void Kill() => process.Kill();

    public void CloseInput() => process.StandardInput.Close();

    public Task<string?> ReadLineAsync(CancellationToken token) => process.StandardOutput.ReadLineAsync(token).AsTask();

    public Task EndedAsync(CancellationToken token) => process.WaitForExitAsync(token).WaitAsync(Limit, token);

    /// <summary>Waits until the run's directory is gone and nobody listens on its ports.</summary>
    public Task NothingIsLeftAsync(CancellationToken token) =>
        Traces.GoneAsync(RunDirectory, [PostgresPort, new Uri(this["control"]).Port, new Uri(this["kubernetes"]).Port, new Uri(this["gateway"]).Port], token);

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.StandardInput.Close();
            await process.WaitForExitAsync().WaitAsync(Limit);
        }

        process.Dispose();
        Directory.Delete(folder, recursive: true);
    }
}
