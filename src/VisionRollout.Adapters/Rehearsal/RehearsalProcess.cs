using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Plan;

namespace VisionRollout.Adapters.Rehearsal;

/// <summary>A rehearsal cluster: a process of its own that ends with this one. It shares only wire protocols with the module.</summary>
public sealed class RehearsalProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(20);
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);
    private readonly Process process;
    private readonly Task diagnostics;

    private RehearsalProcess(Process process, Task diagnostics, RehearsalReady ready, string directory)
    {
        this.process = process;
        this.diagnostics = diagnostics;
        Endpoints = ready.ToEndpoints();
        Control = ready.Control!;
        Kubernetes = ready.Kubernetes!;
        Directory = directory;
        Id = process.Id;
    }

    /// <summary>Addresses of everything in the cluster.</summary>
    public RolloutEndpoints Endpoints { get; }

    /// <summary>Address of the control endpoints.</summary>
    public Uri Control { get; }

    /// <summary>Address of the API server.</summary>
    public Uri Kubernetes { get; }

    /// <summary>Its private folder; it removes it when it ends.</summary>
    public string Directory { get; }

    /// <summary>Process id.</summary>
    public int Id { get; }

    /// <summary>True while it runs.</summary>
    public bool IsRunning => !process.HasExited;

    /// <summary>Starts a cluster and waits until everything in it is up.</summary>
    /// <param name="program">Path of VisionRollout.Rehearsal.dll.</param>
    /// <param name="scenario">The scenario.</param>
    /// <param name="postgres">Connection string of a PostgreSQL server to use; null: a private one from the installed binaries.</param>
    /// <param name="onDiagnostic">Takes each line that it writes to standard error; called from any thread.</param>
    /// <param name="token">Cancels, and ends the process.</param>
    /// <exception cref="RolloutException">It can't start; the message says why and what to do.</exception>
    public static async Task<RehearsalProcess> StartAsync(string program, JsonObject scenario, string? postgres, Action<string> onDiagnostic, CancellationToken token)
    {
        if (!File.Exists(program))
            throw new RolloutException("RehearsalProgramMissing", RolloutErrorKind.NotFound, $"The rehearsal program '{program}' does not exist.", "Build the module with build.ps1, or install it whole.", program);
        var directory = Path.Combine(Path.GetTempPath(), $"visionrollout-{Guid.NewGuid():N}");
        System.IO.Directory.CreateDirectory(directory);
        var file = directory + ".scenario.json";
        await File.WriteAllTextAsync(file, scenario.ToJsonString(), token);
        var process = new Process { StartInfo = Describe(program, file, directory, postgres) };
        try
        {
            process.Start();
            var diagnostics = DrainAsync(process.StandardError, onDiagnostic);
            var ready = await ReadReadyAsync(process, token);
            return new(process, diagnostics, ready, directory);
        }
        catch (Exception)
        {
            await EndAsync(process, directory);
            throw;
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>Ends the cluster and waits until it has cleaned up.</summary>
    public async ValueTask DisposeAsync()
    {
        await EndAsync(process, Directory);
        await diagnostics;
        process.Dispose();
    }

    private static ProcessStartInfo Describe(string program, string scenario, string directory, string? postgres)
    {
        var start = new ProcessStartInfo(FindDotnet()) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in (string[])[program, "--scenario", scenario, "--directory", directory, "--parent", $"{System.Environment.ProcessId}"]) start.ArgumentList.Add(argument);
        if (postgres is null) return start;
        start.ArgumentList.Add("--postgres");
        start.ArgumentList.Add(postgres);
        return start;
    }

    private static string FindDotnet()
    {
        var name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        if (System.Environment.ProcessPath is { } own && Path.GetFileName(own) == name) return own;
        var roots = new[] { System.Environment.GetEnvironmentVariable("DOTNET_HOST_PATH"), Combine(System.Environment.GetEnvironmentVariable("DOTNET_ROOT")) }
            .Concat((System.Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(Combine));
        return roots.FirstOrDefault(File.Exists)
            ?? throw new RolloutException("DotnetMissing", RolloutErrorKind.NotFound, "The rehearsal cluster needs the .NET 10 runtime, and no 'dotnet' was found.", "Install the ASP.NET Core runtime 10.0 and put 'dotnet' on the PATH.");

        string? Combine(string? folder) => string.IsNullOrEmpty(folder) ? null : Path.Combine(folder, name);
    }

    private static async Task<RehearsalReady> ReadReadyAsync(Process process, CancellationToken token)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(token);
        limit.CancelAfter(StartLimit);
        string? line;
        try
        {
            line = await process.StandardOutput.ReadLineAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!token.IsCancellationRequested)
        {
            throw new RolloutException("RehearsalTimeout", RolloutErrorKind.Timeout, $"The rehearsal cluster was not up after {StartLimit.TotalSeconds:0} s.", "Run Start-Rehearsal -Verbose to see its diagnostics.");
        }

        var ready = line is null ? null : Parse(line);
        if (ready is { Ready: true }) return ready;
        throw new RolloutException(ErrorId(ready?.Code), RolloutErrorKind.Failed, $"The rehearsal cluster can't start: {ready?.Error ?? "it ended without a word"}", ready is null ? "Run Start-Rehearsal -Verbose to see its diagnostics." : "");
    }

    private static RehearsalReady? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<RehearsalReady>(line, Options);
        }
        catch (JsonException)
        {
            return new RehearsalReady { Error = line };
        }
    }

    private static string ErrorId(string? code) => code switch
    {
        "postgres-missing" => "PostgresMissing",
        "port-busy" => "PortBusy",
        "scenario-invalid" => "ScenarioInvalid",
        _ => "RehearsalStartFailed",
    };

    private static async Task DrainAsync(StreamReader reader, Action<string> onLine)
    {
        while (await reader.ReadLineAsync() is { } line) onLine(line);
    }

    private static async Task EndAsync(Process process, string directory)
    {
        try
        {
            process.StandardInput.Close(); // the cluster ends when its standard input closes
            using var limit = new CancellationTokenSource(StopLimit);
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It never started.
        }

        if (System.IO.Directory.Exists(directory)) await RemoveAsync(directory);
    }

    private static async Task RemoveAsync(string directory)
    {
        // The cluster removes its folder itself; after a kill its watchdog does, which can take a moment.
        for (var tries = 0; System.IO.Directory.Exists(directory) && tries < 50; tries++)
        {
            try
            {
                System.IO.Directory.Delete(directory, recursive: true);
            }
            catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
            {
                await Task.Delay(100);
            }
        }
    }
}
