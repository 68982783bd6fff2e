using System.Text.Json.Nodes;
using VisionRollout.Rehearsal.Cluster;

namespace VisionRollout.Rehearsal.KubernetesApi;

/// <summary>The <c>scale</c> subresource (autoscaling/v1 Scale) of objects with <c>spec.replicas</c>.</summary>
internal static class ScaleSubresource
{
    /// <summary>The scale of an object.</summary>
    public static JsonObject Of(JsonObject value)
    {
        var status = new JsonObject { ["replicas"] = value.Int("status", "replicas") ?? 0 };
        if (value.Map("spec", "selector", "matchLabels") is { Count: > 0 } labels)
            status["selector"] = string.Join(',', labels.Select(pair => $"{pair.Key}={pair.Value}"));
        return new JsonObject
        {
            ["kind"] = "Scale",
            ["apiVersion"] = "autoscaling/v1",
            ["metadata"] = new JsonObject
            {
                ["name"] = value.Name(),
                ["namespace"] = value.Namespace(),
                ["uid"] = value.Uid(),
                ["resourceVersion"] = value.Text("metadata", "resourceVersion"),
                ["creationTimestamp"] = value.Text("metadata", "creationTimestamp"),
            },
            ["spec"] = new JsonObject { ["replicas"] = value.Int("spec", "replicas") ?? 0 },
            ["status"] = status,
        };
    }

    /// <summary>The object with the replicas (and the version seen) of a scale.</summary>
    public static JsonObject Replace(JsonObject value, JsonObject scale)
    {
        value.Child("spec")["replicas"] = scale.Int("spec", "replicas") ?? 0;
        value.Child("metadata")["resourceVersion"] = scale.Text("metadata", "resourceVersion") ?? "";
        return value;
    }
}
