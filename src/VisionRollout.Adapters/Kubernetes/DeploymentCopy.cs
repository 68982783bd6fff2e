using System.Text.Json.Nodes;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Plan;

namespace VisionRollout.Adapters.Kubernetes;

/// <summary>Makes a service's Deployment in one colour from its Deployment in the other: a pure function from JSON to JSON.
/// Whatever the source says about probes, resources, volumes or security is carried over, also what this program doesn't know.</summary>
/// <param name="service">The service.</param>
/// <param name="colourLabel">Label that carries the colour.</param>
/// <param name="fromColour">Colour of the source.</param>
/// <param name="toColour">Colour of the copy.</param>
/// <param name="version">Image tag of the copy.</param>
internal sealed class DeploymentCopy(PlanService service, string colourLabel, string fromColour, string toColour, string version)
{
    private const string VersionLabel = "version";
    private const string RecommendedVersionLabel = "app.kubernetes.io/version";

    /// <summary>Annotations that tell about the source's own past.</summary>
    private static readonly string[] OwnAnnotations =
        ["kubectl.kubernetes.io/last-applied-configuration", "deployment.kubernetes.io/revision", "keep-until"];

    /// <summary>The copy, as it is applied.</summary>
    /// <param name="source">The Deployment of the other colour.</param>
    /// <param name="existing">The Deployment that stands there already; null when none does. Its selector stays, as selectors cannot change.</param>
    /// <exception cref="RolloutException">The source has no container of the plan's name.</exception>
    public JsonObject Make(JsonObject source, JsonObject? existing)
    {
        var spec = source["spec"]!.DeepClone().AsObject();
        Recolour(spec);
        Relabel(spec);
        SetSelector(spec, existing?["spec"]?["selector"]);
        SetImages(spec["template"]!["spec"]!.AsObject());
        return new JsonObject
        {
            ["apiVersion"] = "apps/v1",
            ["kind"] = "Deployment",
            ["metadata"] = Metadata(source["metadata"]!.AsObject()),
            ["spec"] = spec,
        };
    }

    /// <summary>True for the labels that carry the version.</summary>
    public static bool IsVersionLabel(string label) => label is VersionLabel or RecommendedVersionLabel;

    /// <summary>True when everything that <paramref name="wanted"/> says stands in <paramref name="actual"/> too.</summary>
    public static bool IsContained(JsonNode? wanted, JsonNode? actual) => (wanted, actual) switch
    {
        (JsonObject left, JsonObject right) => left.All(item => IsContained(item.Value, right[item.Key])),
        (JsonArray left, JsonArray right) => left.Count == right.Count && left.Zip(right).All(pair => IsContained(pair.First, pair.Second)),
        _ => JsonNode.DeepEquals(wanted, actual),
    };

    private JsonObject Metadata(JsonObject source)
    {
        var metadata = new JsonObject
        {
            ["name"] = service.Deployments[toColour],
            ["namespace"] = source["namespace"]?.DeepClone(),
            ["labels"] = Labels(source["labels"]),
        };
        var annotations = new JsonObject();
        foreach (var (key, value) in source["annotations"] as JsonObject ?? [])
        {
            // Helm's annotations would make the copy look like a part of the source's release.
            if (!OwnAnnotations.Contains(key) && !key.StartsWith("visionrollout/", StringComparison.Ordinal) && !key.StartsWith("meta.helm.sh/", StringComparison.Ordinal))
                annotations[key] = value?.DeepClone();
        }

        if (annotations.Count > 0) metadata["annotations"] = annotations;
        return metadata;
    }

    private JsonObject Labels(JsonNode? source)
    {
        var labels = source?.DeepClone() as JsonObject ?? [];
        labels[colourLabel] = toColour;
        labels[VersionLabel] = version;
        if (labels.ContainsKey(RecommendedVersionLabel)) labels[RecommendedVersionLabel] = version;
        return labels;
    }

    /// <summary>Replaces the colour wherever its label stands: selectors of affinity rules and topology constraints included.</summary>
    private void Recolour(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject item:
                if (item[colourLabel] is JsonValue value && value.TryGetValue<string>(out var colour) && colour == fromColour)
                    item[colourLabel] = toColour;
                foreach (var (_, child) in item) Recolour(child);
                break;
            case JsonArray list:
                foreach (var child in list) Recolour(child);
                break;
        }
    }

    private void Relabel(JsonObject spec)
    {
        var template = spec["template"]!.AsObject();
        var metadata = template["metadata"] as JsonObject;
        if (metadata is null) template["metadata"] = metadata = [];
        metadata["labels"] = Labels(metadata["labels"]);
        metadata.Remove("creationTimestamp");
    }

    private void SetSelector(JsonObject spec, JsonNode? existing)
    {
        if (existing is not null)
        {
            spec["selector"] = existing.DeepClone();
            return;
        }

        // Without the colour the two Deployments would claim each other's pods; with a version the next rollout would find a selector that it cannot change.
        var selector = spec["selector"]!.AsObject();
        var labels = selector["matchLabels"] as JsonObject;
        if (labels is null) selector["matchLabels"] = labels = [];
        labels[colourLabel] = toColour;
        labels.Remove(VersionLabel);
        labels.Remove(RecommendedVersionLabel);
    }

    private void SetImages(JsonObject pod)
    {
        var own = Containers(pod, "containers").FirstOrDefault(container => (string?)container["name"] == service.Container)
            ?? throw new RolloutException("ContainerNotFound", RolloutErrorKind.NotFound,
                $"Deployment '{service.Deployments[fromColour]}' has no container '{service.Container}'; it has: "
                + string.Join(", ", Containers(pod, "containers").Select(container => (string?)container["name"])) + ".",
                $"Correct Container of service '{service.Name}' in the plan.", service.Name);
        var replaced = ImageName.Parse((string?)own["image"] ?? "").Repository;
        foreach (var container in Containers(pod, "containers").Concat(Containers(pod, "initContainers")))
        {
            // An init container with the service's own image (a migration, a warm-up) goes with it.
            if (container == own || ImageName.Parse((string?)container["image"] ?? "").Repository == replaced)
                container["image"] = $"{service.Image}:{version}";
        }
    }

    private static IEnumerable<JsonObject> Containers(JsonObject pod, string list) => (pod[list] as JsonArray ?? []).OfType<JsonObject>();
}
