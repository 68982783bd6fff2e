using System.Text.Json.Nodes;
using VisionRollout.Rehearsal.Cluster;

namespace VisionRollout.Rehearsal.KubernetesApi;

/// <summary>
/// Sets of fields in the format <c>fieldsV1</c> of managedFields (structured-merge-diff): <c>f:name</c> for a field,
/// <c>k:{…}</c> for an item of a keyed list, <c>v:…</c> for a member of a set, <c>.</c> for the item itself; an empty object ends a path.
/// </summary>
internal static class FieldTree
{
    private const string Self = ".";

    private static readonly string[] ServerOwned =
    [
        "name", "namespace", "uid", "resourceVersion", "generation", "creationTimestamp", "managedFields", "deletionTimestamp",
        "deletionGracePeriodSeconds", "selfLink", "generateName",
    ];

    /// <summary>The fields that an object sets, without those that identify it or that the server fills.</summary>
    public static JsonObject Of(JsonObject value, ListKeys keys)
    {
        var tree = Fields(value, "", keys);
        tree.Remove("f:apiVersion");
        tree.Remove("f:kind");
        if (tree["f:metadata"] is JsonObject metadata)
        {
            foreach (var field in ServerOwned)
                metadata.Remove($"f:{field}");
            if (metadata.Count == 0)
                tree.Remove("f:metadata");
        }

        return tree;
    }

    /// <summary>The fields of <paramref name="after"/> that <paramref name="before"/> lacks or has with another value.</summary>
    public static JsonObject Changed(JsonObject before, JsonObject after, ListKeys keys)
    {
        var changed = new JsonObject();
        foreach (var path in Leaves(Of(after, keys)))
        {
            if (!JsonNode.DeepEquals(Find(before, path), Find(after, path)) || Find(before, path) is null && !Exists(before, path))
                Add(changed, path);
        }

        return changed;
    }

    /// <summary>The fields of <paramref name="before"/> that <paramref name="after"/> no longer has.</summary>
    public static JsonObject Removed(JsonObject before, JsonObject after, ListKeys keys)
    {
        var removed = new JsonObject();
        foreach (var path in Leaves(Of(before, keys)).Where(path => !Exists(after, path)))
            Add(removed, path);
        return removed;
    }

    /// <summary>The paths to the ends of a tree.</summary>
    public static IEnumerable<string[]> Leaves(JsonObject tree, params string[] prefix)
    {
        foreach (var (step, child) in tree)
        {
            if (step == Self)
                continue;
            string[] path = [.. prefix, step];
            if (child is not JsonObject { Count: > 0 } deeper || deeper.All(pair => pair.Key == Self))
            {
                yield return path;
                continue;
            }

            foreach (var leaf in Leaves(deeper, path))
                yield return leaf;
        }
    }

    /// <summary>Whether the tree has the path, or something below it.</summary>
    public static bool Has(JsonObject tree, ReadOnlySpan<string> path)
    {
        foreach (var step in path)
        {
            if (tree[step] is not JsonObject child)
                return false;
            tree = child;
        }

        return true;
    }

    /// <summary>Adds a path.</summary>
    public static void Add(JsonObject tree, ReadOnlySpan<string> path)
    {
        foreach (var step in path)
        {
            tree = tree.Child(step);
            if (step.StartsWith("k:", StringComparison.Ordinal) && !tree.ContainsKey(Self))
                tree[Self] = new JsonObject();
        }
    }

    /// <summary>Takes a path, and everything below it, out of a tree; what becomes empty goes too.</summary>
    public static void Remove(JsonObject tree, ReadOnlySpan<string> path)
    {
        if (tree[path[0]] is not JsonObject child)
            return;
        if (path.Length > 1)
            Remove(child, path[1..]);
        if (path.Length == 1 || child.Count == 0 || child.All(pair => pair.Key == Self))
            tree.Remove(path[0]);
    }

    /// <summary>The value at a path of an object, or null.</summary>
    public static JsonNode? Find(JsonNode? node, ReadOnlySpan<string> path)
    {
        foreach (var step in path)
            node = Step(node, step);
        return node;
    }

    /// <summary>Whether an object has the field or item at a path, if only as null.</summary>
    public static bool Exists(JsonNode? node, ReadOnlySpan<string> path) =>
        Find(node, path[..^1]) switch
        {
            JsonObject map when path[^1].StartsWith("f:", StringComparison.Ordinal) => map.ContainsKey(path[^1][2..]),
            var parent => Step(parent, path[^1]) is not null,
        };

    /// <summary>Removes the field or item at a path of an object, and the empty object or list that is left around it.</summary>
    public static void Cut(JsonNode? node, ReadOnlySpan<string> path)
    {
        if (path.Length > 1)
        {
            var inner = Step(node, path[0]);
            Cut(inner, path[1..]);
            if (inner is not (JsonObject { Count: 0 } or JsonArray { Count: 0 }) || path[0].StartsWith("k:", StringComparison.Ordinal))
                return;
        }

        if (node is JsonObject map)
            map.Remove(path[0][2..]);
        else if (node is JsonArray list && Step(list, path[0]) is { } item)
            list.Remove(item);
    }

    /// <summary>The step into a list for one of its items.</summary>
    public static string ItemStep(JsonNode? item, IReadOnlyList<string> keyFields)
    {
        var key = new JsonObject();
        foreach (var field in keyFields)
        {
            if ((item?[field]?.DeepClone() ?? ListKeys.Default(field)) is { } value)
                key[field] = value;
        }

        return $"k:{ApiResponse.Text(key)}";
    }

    private static JsonObject Fields(JsonObject value, string field, ListKeys keys)
    {
        var tree = new JsonObject();
        foreach (var (name, child) in value)
        {
            tree[$"f:{name}"] = child switch
            {
                JsonObject map => Fields(map, name, keys),
                JsonArray list when keys.Of(field, name) is { Count: > 0 } keyFields => Items(list, name, keyFields, keys),
                JsonArray list when ListKeys.IsSet(field, name) => new JsonObject(
                    list.Select(item => KeyValuePair.Create($"v:{item?.ToJsonString()}", (JsonNode?)new JsonObject())).DistinctBy(pair => pair.Key)),
                _ => new JsonObject(),
            };
        }

        return tree;
    }

    private static JsonObject Items(JsonArray list, string field, IReadOnlyList<string> keyFields, ListKeys keys)
    {
        var tree = new JsonObject();
        foreach (var item in list.OfType<JsonObject>())
        {
            var fields = Fields(item, field, keys);
            fields[Self] = new JsonObject();
            tree[ItemStep(item, keyFields)] = fields;
        }

        return tree;
    }

    private static JsonNode? Step(JsonNode? node, string step) => (node, step[..2]) switch
    {
        (JsonObject map, "f:") => map[step[2..]],
        (JsonArray list, "k:") => ItemOf(list, (JsonObject)JsonNode.Parse(step[2..])!),
        (JsonArray list, "v:") => list.FirstOrDefault(item => item?.ToJsonString() == step[2..]),
        _ => null,
    };

    private static JsonNode? ItemOf(JsonArray list, JsonObject key) => list.FirstOrDefault(item =>
        key.All(pair => (item?[pair.Key]?.ToString() ?? ListKeys.Default(pair.Key)) == pair.Value?.ToString()));
}
