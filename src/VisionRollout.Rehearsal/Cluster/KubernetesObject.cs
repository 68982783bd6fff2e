using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace VisionRollout.Rehearsal.Cluster;

/// <summary>Reads the fields that Kubernetes objects share; a missing field reads as null, zero or empty.</summary>
internal static class KubernetesObject
{
    /// <summary>The node at a path of field names, or null.</summary>
    public static JsonNode? At(this JsonNode? node, params ReadOnlySpan<string> path)
    {
        foreach (var field in path)
        {
            if (node is not JsonObject parent)
                return null;
            node = parent[field];
        }

        return node;
    }

    /// <summary>The text at a path, or null when there is none or it is no text.</summary>
    public static string? Text(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

    /// <summary>The whole number at a path, or null when there is none.</summary>
    public static int? Int(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonValue value && value.GetValueKind() == JsonValueKind.Number
            ? int.Parse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture)
            : null;

    /// <summary>Whether the value at a path is true.</summary>
    public static bool IsTrue(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path)?.GetValueKind() == JsonValueKind.True;

    /// <summary>The time at a path (RFC 3339), or null.</summary>
    public static DateTimeOffset? Time(this JsonNode? node, params ReadOnlySpan<string> path) =>
        DateTimeOffset.TryParse(node.Text(path), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;

    /// <summary>The objects of the list at a path.</summary>
    public static IEnumerable<JsonObject> Items(this JsonNode? node, params ReadOnlySpan<string> path) =>
        (node.At(path) as JsonArray)?.OfType<JsonObject>() ?? [];

    /// <summary>The text values of the map at a path, such as labels.</summary>
    public static IReadOnlyDictionary<string, string> Map(this JsonNode? node, params ReadOnlySpan<string> path) =>
        (node.At(path) as JsonObject)?.Where(pair => pair.Value is JsonValue)
            .ToDictionary(pair => pair.Key, pair => pair.Value!.ToString(), StringComparer.Ordinal) ?? [];

    /// <summary>The object's name.</summary>
    public static string Name(this JsonNode value) => value.Text("metadata", "name") ?? "";

    /// <summary>The object's namespace; empty for cluster-scoped objects.</summary>
    public static string Namespace(this JsonNode value) => value.Text("metadata", "namespace") ?? "";

    /// <summary>The object's uid.</summary>
    public static string Uid(this JsonNode value) => value.Text("metadata", "uid") ?? "";

    /// <summary>The object's labels.</summary>
    public static IReadOnlyDictionary<string, string> Labels(this JsonNode value) => value.Map("metadata", "labels");

    /// <summary>Whether the object is on its way out.</summary>
    public static bool IsDeleting(this JsonNode value) => value.Text("metadata", "deletionTimestamp") is not null;

    /// <summary>The uid of the owner that controls the object, or null.</summary>
    public static string? ControllerUid(this JsonNode value) =>
        value.Items("metadata", "ownerReferences").FirstOrDefault(owner => owner.IsTrue("controller"))?.Text("uid");

    /// <summary>The condition of a type in the object's status, or null.</summary>
    public static JsonObject? Condition(this JsonNode value, string type) =>
        value.Items("status", "conditions").FirstOrDefault(condition => condition.Text("type") == type);

    /// <summary>Whether the condition of a type is True.</summary>
    public static bool HasCondition(this JsonNode value, string type) => value.Condition(type).Text("status") == "True";

    /// <summary>The object at a field, made when it is missing.</summary>
    public static JsonObject Child(this JsonObject value, string field)
    {
        if (value[field] is not JsonObject child)
            value[field] = child = [];
        return child;
    }

    /// <summary>Sets a condition; its lastTransitionTime moves only when its status does.</summary>
    public static void SetCondition(this JsonObject status, JsonObject condition, DateTimeOffset now)
    {
        if (status["conditions"] is not JsonArray conditions)
            status["conditions"] = conditions = [];
        var index = conditions.ToList().FindIndex(known => known.Text("type") == condition.Text("type"));
        var before = index < 0 ? null : conditions[index];
        condition["lastTransitionTime"] = before?.Text("status") == condition.Text("status")
            ? before.Text("lastTransitionTime")
            : ObjectStore.Timestamp(now);
        if (index < 0)
            conditions.Add(condition);
        else
            conditions[index] = condition;
    }

    /// <summary>A reference to an object for <c>ownerReferences</c>, as its controller.</summary>
    public static JsonObject OwnerReference(this JsonObject owner) => new()
    {
        ["apiVersion"] = owner.Text("apiVersion"),
        ["kind"] = owner.Text("kind"),
        ["name"] = owner.Name(),
        ["uid"] = owner.Uid(),
        ["controller"] = true,
        ["blockOwnerDeletion"] = true,
    };
}
