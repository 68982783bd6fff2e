using System.Text.Json;
using System.Text.Json.Nodes;
using VisionRollout.Rehearsal.Cluster;

namespace VisionRollout.Rehearsal.KubernetesApi;

/// <summary>Server-side apply: a manager states the fields that it wants; those that it no longer states go; those of others are conflicts.</summary>
internal sealed class ApplyPatch(ManagedFields managed, ListKeys keys, bool force)
{
    /// <summary>The object after the manager's wishes are applied to it.</summary>
    /// <param name="before">The object now; an empty one when it is to be created.</param>
    /// <param name="wanted">What the manager states.</param>
    /// <exception cref="ApiException">409 when others own fields that would change and force is not set.</exception>
    public JsonObject Apply(JsonObject before, JsonObject wanted)
    {
        var stated = FieldTree.Of(wanted, keys);
        var entries = ManagedFields.Entries(before, before);
        var dropped = FieldTree.Leaves(managed.Applied(entries)).Where(path => !FieldTree.Has(stated, path)).ToList();
        TakeOver(before, wanted, stated, entries);
        var after = (JsonObject)before.DeepClone();
        foreach (var path in dropped.Where(path => !managed.OthersWith(entries, path).Any()))
            FieldTree.Cut(after, path);
        Merge(after, wanted, "");
        managed.SetApplied(after, entries, stated, before);
        return after;
    }

    private void TakeOver(JsonObject before, JsonObject wanted, JsonObject stated, List<JsonObject> entries)
    {
        var conflicts = new List<(string Manager, string[] Path)>();
        foreach (var path in FieldTree.Leaves(stated))
        {
            if (!FieldTree.Exists(before, path) || SameValue(FieldTree.Find(before, path), FieldTree.Find(wanted, path)))
                continue;
            foreach (var other in managed.OthersWith(entries, path).ToList())
            {
                conflicts.Add((Describe(other), path));
                FieldTree.Remove(ManagedFields.Fields(other), path);
            }
        }

        if (conflicts.Count > 0 && !force)
            throw Conflict(conflicts);
    }

    /// <summary>Equal, or an empty object stated for one that has content (which states nothing about the content).</summary>
    private static bool SameValue(JsonNode? one, JsonNode? other) =>
        JsonNode.DeepEquals(one, other) || one is JsonObject && other is JsonObject { Count: 0 };

    private static string Describe(JsonObject entry)
    {
        var text = $"\"{entry.Text("manager")}\"";
        if (entry.Text("subresource") is { } subresource)
            text += $" with subresource \"{subresource}\"";
        return entry.Text("operation") == ManagedFields.Update ? $"{text} using {entry.Text("apiVersion")}" : text;
    }

    private static ApiException Conflict(List<(string Manager, string[] Path)> conflicts)
    {
        var causes = conflicts.Select(conflict => new JsonObject
        {
            ["reason"] = "FieldManagerConflict",
            ["message"] = $"conflict with {conflict.Manager}",
            ["field"] = Dotted(conflict.Path),
        }).ToArray();
        var list = string.Join("\n", conflicts.Select(conflict => $"conflict with {conflict.Manager}: {Dotted(conflict.Path)}"));
        var message = conflicts.Count == 1 ? $"Apply failed with 1 {list}" : $"Apply failed with {conflicts.Count} conflicts: {list}";
        return new ApiException(409, "Conflict", message, new JsonObject { ["causes"] = new JsonArray([.. causes]) });
    }

    private static string Dotted(string[] path) => string.Concat(path.Select(step => step[..2] switch
    {
        "k:" => $"[{string.Join(',', ((JsonObject)JsonNode.Parse(step[2..])!).Select(pair => $"{pair.Key}={JsonSerializer.Serialize(pair.Value)}"))}]",
        "v:" => $"[{step[1..]}]",
        _ => $".{step[2..]}",
    }));

    private void Merge(JsonObject target, JsonObject wanted, string parent)
    {
        foreach (var (name, value) in wanted)
        {
            if (value is JsonObject map)
                Merge(target.Child(name), map, name);
            else if (value is JsonArray list && target[name] is JsonArray items && keys.Of(parent, name) is { Count: > 0 } keyFields)
                MergeItems(items, list, keyFields, name);
            else if (value is JsonArray members && target[name] is JsonArray set && ListKeys.IsSet(parent, name))
                Union(set, members);
            else
                target[name] = value?.DeepClone();
        }
    }

    private void MergeItems(JsonArray target, JsonArray wanted, IReadOnlyList<string> keyFields, string field)
    {
        foreach (var item in wanted.OfType<JsonObject>())
        {
            var step = FieldTree.ItemStep(item, keyFields);
            if (target.OfType<JsonObject>().FirstOrDefault(known => FieldTree.ItemStep(known, keyFields) == step) is { } known)
                Merge(known, item, field);
            else
                target.Add(item.DeepClone());
        }
    }

    private static void Union(JsonArray target, JsonArray wanted)
    {
        foreach (var value in wanted.Where(value => !target.Any(known => JsonNode.DeepEquals(known, value))))
            target.Add(value?.DeepClone());
    }
}
