using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Reflection;
using System.Text.Json.Nodes;

namespace VisionRollout.Tests.Shared;

/// <summary>The rehearsal cluster in a process of its own (PROTOCOL.md), started from where the build left it. Disposing closes
/// its input and waits until it has ended. A project gets this file, and the program's path, by importing <c>tests/Shared/Rehearsal.props</c>.</summary>
public sealed class RehearsalCluster : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    private readonly Process process;
    private readonly string folder;
    private readonly Task<string> diagnostics;
    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(120) };

    private RehearsalCluster(Process process, string folder, Task<string> diagnostics, JsonObject ready)
    {
        this.process = process;
        this.folder = folder;
        this.diagnostics = diagnostics;
        Ready = ready;
    }

    /// <summary>Path of the program.</summary>
    public static string Program { get; } = typeof(RehearsalCluster).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(item => item.Key == "RehearsalProgram").Value!;

    /// <summary>The ready line.</summary>
    public JsonObject Ready { get; }

    /// <summary>A text of the ready line, e.g. <c>kubeconfig</c> or <c>prometheus</c>.</summary>
    public string this[string property] => (string)Ready[property]!;

    /// <summary>An address of the ready line.</summary>
    public Uri AddressOf(string property) => new(this[property]);

    /// <summary>Starts the program and waits until it is ready.</summary>
    /// <exception cref="InvalidOperationException">It does not start; the message has its line and its diagnostics.</exception>
    public static async Task<RehearsalCluster> StartAsync(JsonObject scenario, CancellationToken token)
    {
        var folder = Directory.CreateTempSubdirectory("visionrollout-test-").FullName;
        var file = Path.Combine(folder, "scenario.json");
        await File.WriteAllTextAsync(file, scenario.ToJsonString(), token);
        var start = new ProcessStartInfo("dotnet",
        [
            Program, "--scenario", file, "--directory", Path.Combine(folder, "run"), "--parent", System.Environment.ProcessId.ToString(CultureInfo.InvariantCulture),
        ])
        { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        var process = Process.Start(start)!;
        var diagnostics = process.StandardError.ReadToEndAsync(CancellationToken.None);
        var line = await process.StandardOutput.ReadLineAsync(token).AsTask().WaitAsync(Limit, token);
        var ready = line is null ? null : JsonNode.Parse(line)!.AsObject();
        if ((bool?)ready?["ready"] == true) return new RehearsalCluster(process, folder, diagnostics, ready!);

        process.StandardInput.Close();
        var told = await diagnostics.WaitAsync(Limit, token);
        process.Dispose();
        Directory.Delete(folder, recursive: true);
        throw new InvalidOperationException($"The rehearsal cluster does not start: {line}\n{told}");
    }

    /// <summary>Advances the virtual clock.</summary>
    public async Task<DateTimeOffset> AdvanceAsync(TimeSpan span, CancellationToken token)
    {
        var until = await NowAsync(token) + span;
        await PostAsync("clock/wait", new JsonObject { ["until"] = until.UtcDateTime.ToString("O", CultureInfo.InvariantCulture) }, token);
        return until;
    }

    /// <summary>The virtual time.</summary>
    public async Task<DateTimeOffset> NowAsync(CancellationToken token) =>
        DateTimeOffset.Parse((string)(await GetAsync("clock", token))["now"]!, CultureInfo.InvariantCulture);

    /// <summary>Adds a fault, and gives it as the cluster describes it.</summary>
    public Task<JsonNode> AddFaultAsync(JsonObject fault, CancellationToken token) => PostAsync("faults", fault, token);

    /// <summary>Ends a fault.</summary>
    public async Task RemoveFaultAsync(string id, CancellationToken token)
    {
        using var answer = await http.DeleteAsync(Control("faults/" + id), token);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Reads a control endpoint: traffic, hooks, effects, faults.</summary>
    public async Task<JsonNode> GetAsync(string path, CancellationToken token) => (await http.GetFromJsonAsync<JsonNode>(Control(path), token))!;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        if (!process.HasExited) process.StandardInput.Close();
        try
        {
            await process.WaitForExitAsync().WaitAsync(Limit);
            await diagnostics;
        }
        finally
        {
            if (!process.HasExited) process.Kill();
            process.Dispose();
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<JsonNode> PostAsync(string path, JsonObject body, CancellationToken token)
    {
        using var answer = await http.PostAsJsonAsync(Control(path), body, token);
        var text = await answer.Content.ReadAsStringAsync(token);
        return answer.IsSuccessStatusCode ? JsonNode.Parse(text)! : throw new InvalidOperationException($"{path}: {(int)answer.StatusCode} {text}");
    }

    private Uri Control(string path) => new($"{this["control"]}/{path}");
}
