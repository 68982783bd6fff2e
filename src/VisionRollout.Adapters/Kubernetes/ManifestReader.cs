using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Nodes;
using CliWrap;
using CliWrap.Buffered;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Plan;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.Serialization;

namespace VisionRollout.Adapters.Kubernetes;

/// <summary>Reads a service's manifests: from the plan's file, or from what the plan's command prints.</summary>
/// <param name="planPath">Full path of the plan.</param>
/// <param name="ns">The environment's namespace.</param>
internal sealed class ManifestReader(string planPath, string ns)
{
    private const int LongestDetail = 500;
    private static readonly TimeSpan LongestCommand = TimeSpan.FromMinutes(2);
    private static readonly IDeserializer Yaml = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build();
    private static readonly ISerializer Json = new SerializerBuilder().JsonCompatible().Build();

    private string Folder => Path.GetDirectoryName(planPath) is { Length: > 0 } folder ? folder : Directory.GetCurrentDirectory();

    /// <summary>Reads them.</summary>
    /// <exception cref="RolloutException">ManifestNotFound, ManifestCommandFailed or ManifestInvalid.</exception>
    public async Task<ServiceManifests> ReadAsync(PlanService service, PlanManifests manifests, string version, string colour, CancellationToken token)
    {
        var (text, place) = manifests.File is { } file ? await ReadFileAsync(service, Path.Combine(Folder, file), token)
            : await RunAsync(service, [.. manifests.Command.Select(word => word.Replace("{Version}", version, StringComparison.Ordinal).Replace("{Colour}", colour, StringComparison.Ordinal))], token);
        var objects = Parse(service, text, place);
        foreach (var item in objects) RequireMetadata(service, item, place);
        var deployments = objects.Where(item => Kind(item) == "Deployment").ToList();
        var own = deployments.Where(item => Containers(item).Contains(service.Container)).ToList();
        if (own.Count != 1)
        {
            throw Invalid(service, $"{place} holds {(own.Count == 0 ? "no Deployment" : $"{own.Count} Deployments")} with a container '{service.Container}'"
                + (deployments.Count == 0 ? "." : $"; its Deployments have: {string.Join(", ", deployments.SelectMany(Containers))}."), $"Correct Container or Manifests of service '{service.Name}' in the plan.");
        }

        if (own[0]["spec"]?["selector"] is not JsonObject) throw Invalid(service, $"{place}: Deployment '{Name(own[0])}' has no selector.", "Give it spec.selector.matchLabels.");
        if (own[0]["spec"]?["replicas"] is { } replicas && replicas.GetValueKind() != JsonValueKind.Number) throw Invalid(service, $"{place}: replicas of Deployment '{Name(own[0])}' is no number.", "Write it without quotes.");
        var configMaps = objects.Where(item => Kind(item) == "ConfigMap").ToList();
        return new(own[0], configMaps, [.. objects.Except(configMaps).Where(item => item != own[0]).Select(item => $"{Kind(item)} '{Name(item)}'")]);
    }

    private static string Kind(JsonObject item) => (string?)item["kind"] ?? "";

    private static string Name(JsonObject item) => (string?)item["metadata"]?["name"] ?? "";

    private static IEnumerable<string> Containers(JsonObject deployment) =>
        (deployment["spec"]?["template"]?["spec"]?["containers"] as JsonArray ?? []).Select(container => (string?)container?["name"] ?? "");

    private static RolloutException Invalid(PlanService service, string message, string remedy) => new("ManifestInvalid", RolloutErrorKind.InvalidInput, message, remedy, service.Name) { Trigger = "deployment" };

    private static async Task<(string Text, string Place)> ReadFileAsync(PlanService service, string path, CancellationToken token)
    {
        try
        {
            return (await File.ReadAllTextAsync(path, token), $"'{path}'");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new RolloutException("ManifestNotFound", RolloutErrorKind.NotFound, $"The manifests of {service.Name} can't be read: {error.Message}", $"Correct Manifests.File of service '{service.Name}' in the plan; its path starts at the plan's folder.", service.Name, error) { Trigger = "deployment" };
        }
    }

    private async Task<(string Text, string Place)> RunAsync(PlanService service, IReadOnlyList<string> command, CancellationToken token)
    {
        var said = string.Join(' ', command);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(token);
        limit.CancelAfter(LongestCommand);
        try
        {
            var program = command[0].Contains('/', StringComparison.Ordinal) ? Path.Combine(Folder, command[0]) : command[0];
            var ran = await Cli.Wrap(program).WithArguments(command.Skip(1)).WithWorkingDirectory(Folder).WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(limit.Token);
            if (ran.ExitCode == 0) return (ran.StandardOutput, $"What '{said}' prints");
            var detail = ran.StandardError.Trim();
            throw CommandFailed(service, said, $"it ended with {ran.ExitCode}: {(detail.Length > LongestDetail ? "…" + detail[^LongestDetail..] : detail)}", null);
        }
        catch (OperationCanceledException) when (!token.IsCancellationRequested)
        {
            throw CommandFailed(service, said, $"it did not end within {LongestCommand.TotalMinutes:0} min and was ended.", null);
        }
        catch (Win32Exception error)
        {
            throw CommandFailed(service, said, error.Message, error);
        }
    }

    private static RolloutException CommandFailed(PlanService service, string command, string detail, Exception? cause) => new("ManifestCommandFailed", RolloutErrorKind.Failed,
        $"The command '{command}' did not print the manifests of {service.Name}: {detail}", $"Run it in the plan's folder, and correct Manifests.Command of service '{service.Name}'.", service.Name, cause) { Trigger = "deployment" };

    private static List<JsonObject> Parse(PlanService service, string text, string place)
    {
        try
        {
            var objects = new List<JsonObject>();
            var parser = new OctalParser(new Parser(new StringReader(text)));
            parser.Consume<StreamStart>();
            while (!parser.TryConsume<StreamEnd>(out _))
            {
                if (Yaml.Deserialize(parser) is not { } document) continue;
                if (JsonNode.Parse(Json.Serialize(document)) is not JsonObject item || Kind(item).Length == 0) throw Invalid(service, $"{place} holds a document that is no Kubernetes object.", "Each document needs apiVersion, kind and metadata.");
                // What kubectl get prints of several objects.
                objects.AddRange(Kind(item) == "List" ? (item["items"] as JsonArray ?? []).OfType<JsonObject>() : [item]);
            }

            return objects;
        }
        catch (YamlException error)
        {
            throw Invalid(service, $"{place} is no YAML: line {error.Start.Line}, column {error.Start.Column}: {error.Message}", "Correct it there.");
        }
        catch (JsonException error)
        {
            throw Invalid(service, $"{place} can't be told as JSON: {error.Message}", "Keys must be texts, and anchors must not refer to themselves.");
        }
    }

    private void RequireMetadata(PlanService service, JsonObject item, string place)
    {
        var metadata = item["metadata"] as JsonObject ?? throw Invalid(service, $"{place} holds a {Kind(item)} without metadata.", "Give it a name.");
        if (Name(item).Length == 0) throw Invalid(service, $"{place} holds a {Kind(item)} without a name.", "Give it metadata.name.");
        if ((string?)metadata["namespace"] is { } other && other != ns) throw Invalid(service, $"{place} puts {Kind(item)} '{Name(item)}' into the namespace '{other}', and the environment's is '{ns}'.", "Leave the namespace out, or render it for this environment.");
        metadata["namespace"] = ns;
    }
}
