using System.Globalization;
using System.Text.Json.Nodes;
using VisionRollout.Rehearsal.Cluster;
using VisionRollout.Rehearsal.Postgres;
using VisionRollout.Rehearsal.Scenario;

namespace VisionRollout.Rehearsal.Exec;

/// <summary>Runs commands inside pods: mix with Ecto's tasks, and the few programs that every image has.</summary>
internal sealed class PodShell(RehearsalScenario scenario, ObjectStore store, ServiceDatabases databases, EctoTasks ecto, ExecLog log, IClusterClock clock) : IPodExec
{
    private const int NotFoundExitCode = 126;

    /// <inheritdoc/>
    public async Task<int> RunAsync(PodExecRequest request, CancellationToken token)
    {
        var at = clock.Now;
        var exitCode = await RunAsync(request, EnvironmentOf(request), request.Command, token);
        log.Add(new ExecRecord(at, request.Pod, request.Command, exitCode));
        return exitCode;
    }

    private async Task<int> RunAsync(PodExecRequest request, Dictionary<string, string> environment, string[] command, CancellationToken token)
    {
        switch (command)
        {
            case []:
            case ["true", ..]:
                return 0;
            case ["false", ..]:
                return 1;
            case ["exit", var code] when int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var number):
                return number & 0xFF;
            case ["echo", .. var words]:
                await request.StdOut(string.Join(' ', words) + "\n");
                return 0;
            case ["hostname"]:
                await request.StdOut(request.Pod + "\n");
                return 0;
            case ["cat"]:
                return await CopyInputAsync(request, token);
            case ["env" or "/usr/bin/env", .. var rest]:
                return await RunWithEnvironmentAsync(request, environment, rest, token);
            case ["sh" or "/bin/sh" or "bash" or "/bin/bash", "-c", var script, ..]:
                return await RunScriptAsync(request, environment, script, token);
            case ["mix", .. var task]:
                return await ecto.RunAsync(new EctoCommand(databases[ServiceOf(request).Name], task, environment, request.StdOut, request.StdErr), token);
            default:
                return await NotFoundAsync(request, command[0]);
        }
    }

    private async Task<int> RunWithEnvironmentAsync(
        PodExecRequest request, Dictionary<string, string> environment, string[] words, CancellationToken token)
    {
        var inner = new Dictionary<string, string>(environment, StringComparer.Ordinal);
        var first = 0;
        for (; first < words.Length && words[first].IndexOf('=', StringComparison.Ordinal) is > 0 and var equals; first++)
            inner[words[first][..equals]] = words[first][(equals + 1)..];
        if (first < words.Length)
            return await RunAsync(request, inner, words[first..], token);
        foreach (var (name, value) in inner)
            await request.StdOut($"{name}={value}\n");
        return 0;
    }

    /// <summary>Simple commands, one after the other, joined by ;, &amp;&amp; and ||; a variable before a command is set for it.</summary>
    private async Task<int> RunScriptAsync(PodExecRequest request, Dictionary<string, string> environment, string script, CancellationToken token)
    {
        var exitCode = 0;
        foreach (var (condition, words) in ShellScript.Read(script, environment))
        {
            if ((condition == "&&" && exitCode != 0) || (condition == "||" && exitCode == 0))
                continue;
            var assigned = words.Length > 0 && words[0].IndexOf('=', StringComparison.Ordinal) > 0;
            exitCode = await RunAsync(request, environment, assigned ? ["env", .. words] : words, token);
            if (words is ["exit", ..])
                break;
        }

        return exitCode;
    }

    private static async Task<int> CopyInputAsync(PodExecRequest request, CancellationToken token)
    {
        if (request.StdIn is null)
            return 0;
        using var reader = new StreamReader(request.StdIn, leaveOpen: true);
        var buffer = new char[4096];
        while (await reader.ReadAsync(buffer, token) is > 0 and var length)
            await request.StdOut(new string(buffer, 0, length));
        return 0;
    }

    private static async Task<int> NotFoundAsync(PodExecRequest request, string program)
    {
        await request.StdErr($"OCI runtime exec failed: exec failed: unable to start container process: exec: \"{program}\": executable file not found in $PATH: unknown\n");
        return NotFoundExitCode;
    }

    private ScenarioService ServiceOf(PodExecRequest request)
    {
        var name = (string?)PodOf(request)["metadata"]?["labels"]?["app.kubernetes.io/name"];
        return scenario.Services.FirstOrDefault(service => service.Name == name)
            ?? scenario.Services.FirstOrDefault(service => service.Container == request.Container)
            ?? throw ApiException.BadRequest($"the pod {request.Pod} belongs to none of the rehearsal's services");
    }

    private JsonObject PodOf(PodExecRequest request)
    {
        var key = new ObjectKey(string.Empty, "pods", request.Namespace, request.Pod);
        return store.Get(key) ?? throw ApiException.NotFound(key);
    }

    /// <summary>The container's environment; a value that comes from a Secret or a ConfigMap is looked up.</summary>
    private Dictionary<string, string> EnvironmentOf(PodExecRequest request)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["PATH"] = "/app/bin:/usr/local/bin:/usr/bin:/bin",
            ["HOSTNAME"] = request.Pod,
            ["HOME"] = "/app",
        };
        var container = (PodOf(request)["spec"]?["containers"] as JsonArray)?.FirstOrDefault(item => (string?)item?["name"] == request.Container);
        foreach (var variable in container?["env"] as JsonArray ?? [])
        {
            if ((string?)variable?["name"] is { } name)
                environment[name] = (string?)variable["value"] ?? FromSource(request.Namespace, variable["valueFrom"]) ?? string.Empty;
        }

        return environment;
    }

    private string? FromSource(string ns, JsonNode? source)
    {
        if (source?["configMapKeyRef"] is { } configuration)
            return (string?)store.Get(new ObjectKey(string.Empty, "configmaps", ns, (string)configuration["name"]!))?["data"]?[(string)configuration["key"]!];
        if (source?["secretKeyRef"] is not { } secret)
            return null;
        var data = (string?)store.Get(new ObjectKey(string.Empty, "secrets", ns, (string)secret["name"]!))?["data"]?[(string)secret["key"]!];
        return data is null ? null : System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(data));
    }
}
