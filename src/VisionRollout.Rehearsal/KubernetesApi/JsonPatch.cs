using System.Globalization;
using System.Text.Json.Nodes;
using VisionRollout.Rehearsal.Cluster;

namespace VisionRollout.Rehearsal.KubernetesApi;

/// <summary>JSON patch (RFC 6902).</summary>
internal static class JsonPatch
{
    /// <summary>Applies the operations to the target in place, in order.</summary>
    /// <exception cref="ApiException">400 for a patch that is no list of operations, 422 for an operation that cannot be carried out.</exception>
    public static JsonObject Apply(JsonObject target, JsonNode? patch)
    {
        if (patch is not JsonArray operations)
            throw ApiException.BadRequest("error decoding patch: json: cannot unmarshal object into Go value of type jsonpatch.Patch");
        foreach (var operation in operations.OfType<JsonObject>())
            Apply(target, operation);
        return target;
    }

    private static void Apply(JsonObject target, JsonObject operation)
    {
        var path = Pointer(operation.Text("path") ?? throw ApiException.BadRequest("a JSON patch operation needs a path"));
        switch (operation.Text("op"))
        {
            case "add":
                Add(target, path, operation["value"]?.DeepClone());
                break;
            case "remove":
                Remove(target, path);
                break;
            case "replace":
                Remove(target, path);
                Add(target, path, operation["value"]?.DeepClone());
                break;
            case "copy":
                Add(target, path, Find(target, Pointer(operation.Text("from") ?? ""))?.DeepClone());
                break;
            case "move":
                Add(target, path, Remove(target, Pointer(operation.Text("from") ?? "")));
                break;
            case "test":
                if (!JsonNode.DeepEquals(Find(target, path), operation["value"]))
                    throw Impossible($"testing value {operation.Text("path")} failed");
                break;
            case var other:
                throw ApiException.BadRequest($"Unexpected kind: {other}");
        }
    }

    private static string[] Pointer(string text) =>
        [.. text.Split('/').Skip(1).Select(part => part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))];

    private static JsonNode? Find(JsonNode? node, ReadOnlySpan<string> path)
    {
        foreach (var part in path)
        {
            node = node switch
            {
                JsonObject map when map.ContainsKey(part) => map[part],
                JsonArray list when Index(list, part, list.Count) is { } index => list[index],
                _ => throw Impossible($"doc is missing path: {string.Join('/', path.ToArray())}"),
            };
        }

        return node;
    }

    private static void Add(JsonObject target, string[] path, JsonNode? value)
    {
        switch (path.Length == 0 ? throw Impossible("the whole document cannot be replaced") : Find(target, path.AsSpan()[..^1]))
        {
            case JsonObject map:
                map[path[^1]] = value;
                break;
            case JsonArray list when path[^1] == "-":
                list.Add(value);
                break;
            case JsonArray list when Index(list, path[^1], list.Count + 1) is { } index:
                list.Insert(index, value);
                break;
            default:
                throw Impossible($"add operation does not apply: doc is missing path: /{string.Join('/', path)}");
        }
    }

    private static JsonNode? Remove(JsonObject target, string[] path)
    {
        var removed = Find(target, path);
        switch (path.Length == 0 ? null : Find(target, path.AsSpan()[..^1]))
        {
            case JsonObject map:
                map.Remove(path[^1]);
                break;
            case JsonArray list:
                list.RemoveAt(Index(list, path[^1], list.Count)!.Value);
                break;
            default:
                throw Impossible("the whole document cannot be removed");
        }

        return removed;
    }

    private static int? Index(JsonArray list, string part, int limit) =>
        int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < limit && index <= list.Count ? index : null;

    private static ApiException Impossible(string message) => new(422, "Invalid", $"the server rejected our request due to an error in our request: {message}");
}
