using System.Text.Json.Nodes;
using VisionRollout.Rehearsal.Scenario;

namespace VisionRollout.Rehearsal.Mesh;

/// <summary>Who a pod is, read from its object.</summary>
internal sealed record PodIdentity
{
    /// <summary>The pod's namespace.</summary>
    public required string Namespace { get; init; }

    /// <summary>The pod's name.</summary>
    public required string Name { get; init; }

    /// <summary>The application's service that it runs, as the scenario names it; the container's name for a pod of none.</summary>
    public required string Service { get; init; }

    /// <summary>Its colour; empty for a pod of none.</summary>
    public required string Colour { get; init; }

    /// <summary>The Deployment that it belongs to; its own name for a bare pod.</summary>
    public required string Workload { get; init; }

    /// <summary>The tag of its first container's image.</summary>
    public required string ImageTag { get; init; }

    /// <summary>The label <c>version</c>, or the image's tag where there is none.</summary>
    public required string Version { get; init; }

    /// <summary>The label <c>service.istio.io/canonical-revision</c>, or the version.</summary>
    public required string Revision { get; init; }

    /// <summary>The first container's name.</summary>
    public required string Container { get; init; }

    /// <summary>The first container's first port.</summary>
    public required int Port { get; init; }

    /// <summary>Its CPU limit in cores.</summary>
    public required double CpuLimitCores { get; init; }

    /// <summary>Its memory limit in bytes.</summary>
    public required double MemoryLimitBytes { get; init; }

    /// <summary>Whether the pod itself turns the fallback for external systems on (annotation <c>fallback</c> or environment <c>EXTERNAL_FALLBACK</c>).</summary>
    public required bool Fallback { get; init; }

    /// <summary>Its labels.</summary>
    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    /// <summary>Reads a pod object.</summary>
    public static PodIdentity Of(JsonObject pod, RehearsalScenario scenario)
    {
        var metadata = pod["metadata"] as JsonObject ?? [];
        var container = (pod["spec"]?["containers"] as JsonArray)?.FirstOrDefault() as JsonObject ?? [];
        var labels = TextsOf(metadata["labels"]);
        var name = (string?)metadata["name"] ?? string.Empty;
        var workload = WorkloadOf(metadata, labels, name);
        var service = scenario.Services.FirstOrDefault(candidate => candidate.Deployments.Values.Contains(workload, StringComparer.Ordinal));
        var tag = TagOf((string?)container["image"] ?? string.Empty);
        var version = labels.GetValueOrDefault("version", tag);
        return new PodIdentity
        {
            Namespace = (string?)metadata["namespace"] ?? scenario.Namespace,
            Name = name,
            Service = service?.Name ?? (string?)container["name"] ?? name,
            Colour = labels.GetValueOrDefault(scenario.ColourLabel)
                ?? service?.Deployments.First(pair => pair.Value == workload).Key ?? string.Empty,
            Workload = workload,
            ImageTag = tag,
            Version = version,
            Revision = labels.GetValueOrDefault("service.istio.io/canonical-revision", version),
            Container = (string?)container["name"] ?? string.Empty,
            Port = (int?)(container["ports"] as JsonArray)?.FirstOrDefault()?["containerPort"] ?? service?.Port ?? 8080,
            CpuLimitCores = ResourceQuantity.Parse((string?)container["resources"]?["limits"]?["cpu"], 1),
            MemoryLimitBytes = ResourceQuantity.Parse((string?)container["resources"]?["limits"]?["memory"], 1 << 30),
            Fallback = IsFallback(metadata, container),
            Labels = labels,
        };
    }

    private static bool IsFallback(JsonObject metadata, JsonObject container) =>
        (string?)metadata["annotations"]?["fallback"] == "on"
        || (container["env"] as JsonArray)?.Any(item => (string?)item?["name"] == "EXTERNAL_FALLBACK" && (string?)item["value"] == "on") == true;

    private static string WorkloadOf(JsonObject metadata, Dictionary<string, string> labels, string name)
    {
        var owner = (string?)(metadata["ownerReferences"] as JsonArray)?.FirstOrDefault()?["name"] ?? name;
        return labels.TryGetValue("pod-template-hash", out var hash) && owner.EndsWith("-" + hash, StringComparison.Ordinal)
            ? owner[..^(hash.Length + 1)]
            : owner;
    }

    private static string TagOf(string image)
    {
        var digest = image.IndexOf('@', StringComparison.Ordinal);
        var bare = digest < 0 ? image : image[..digest];
        var colon = bare.LastIndexOf(':');
        return colon > bare.LastIndexOf('/') ? bare[(colon + 1)..] : "latest";
    }

    private static Dictionary<string, string> TextsOf(JsonNode? node) =>
        (node as JsonObject ?? []).ToDictionary(pair => pair.Key, pair => (string?)pair.Value ?? string.Empty, StringComparer.Ordinal);
}
