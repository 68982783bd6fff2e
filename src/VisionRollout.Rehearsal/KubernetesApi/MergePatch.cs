using System.Text.Json.Nodes;

namespace VisionRollout.Rehearsal.KubernetesApi;

/// <summary>JSON merge patch (RFC 7386).</summary>
internal static class MergePatch
{
    /// <summary>The target with the patch applied; null values remove fields.</summary>
    public static JsonNode? Apply(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonObject changes)
            return patch?.DeepClone();
        var result = target as JsonObject ?? [];
        foreach (var (field, value) in changes)
        {
            if (value is null)
            {
                result.Remove(field);
                continue;
            }

            var before = result[field];
            result.Remove(field);
            result[field] = Apply(before, value);
        }

        return result;
    }
}
