using System.Text.Json.Nodes;
using VisionRollout.Rehearsal.Cluster;

namespace VisionRollout.Rehearsal.KubernetesApi;

/// <summary>
/// Kubernetes' strategic merge patch: as a merge patch, but lists with a merge key are merged item by item, with the directives
/// <c>$patch</c> (replace, delete, merge), <c>$retainKeys</c>, <c>$deleteFromPrimitiveList/…</c> and <c>$setElementOrder/…</c>.
/// </summary>
internal sealed class StrategicMergePatch(ListKeys keys)
{
    private const string Directive = "$patch";
    private const string DeleteFrom = "$deleteFromPrimitiveList/";
    private const string ElementOrder = "$setElementOrder/";
    private const string RetainKeys = "$retainKeys";

    /// <summary>The target (changed in place) with the patch applied.</summary>
    public JsonObject Apply(JsonObject target, JsonObject patch) => Merge(target, patch, "");

    private JsonObject Merge(JsonObject target, JsonObject patch, string field)
    {
        if (patch.Text(Directive) == "replace")
            return WithoutDirectives(patch);
        if (patch[RetainKeys] is JsonArray retained)
            Retain(target, retained);
        foreach (var (name, value) in patch.Where(pair => !pair.Key.StartsWith('$')))
        {
            if (value is null || value is JsonObject nested && nested.Text(Directive) == "delete")
                target.Remove(name);
            else
                target[name] = Merged(target, name, value, field);
        }

        foreach (var (name, value) in patch.Where(pair => pair.Key.StartsWith('$')))
            Follow(target, name, value as JsonArray ?? [], field);
        return target;
    }

    private JsonNode Merged(JsonObject target, string name, JsonNode value, string parent)
    {
        var before = target[name];
        target.Remove(name);
        return value switch
        {
            JsonObject map => Merge(before as JsonObject ?? [], map, name),
            JsonArray list when keys.Of(parent, name) is [var key, ..] => MergeItems(before as JsonArray ?? [], list, key, name),
            JsonArray list when ListKeys.IsSet(parent, name) => Union(before as JsonArray ?? [], list),
            _ => value.DeepClone(),
        };
    }

    private JsonArray MergeItems(JsonArray target, JsonArray patch, string key, string field)
    {
        if (patch.OfType<JsonObject>().Any(item => item.Text(Directive) == "replace"))
            return [.. patch.OfType<JsonObject>().Where(item => item[key] is not null).Select(item => (JsonNode)WithoutDirectives(item))];
        foreach (var item in patch.OfType<JsonObject>())
        {
            var id = item[key]?.ToString() ?? throw ApiException.BadRequest($"map: {item.ToJsonString()} does not contain declared merge key: {key}");
            var index = IndexOf(target, key, id);
            if (item.Text(Directive) == "delete")
            {
                target.RemoveAll(known => known?[key]?.ToString() == id);
            }
            else if (index < 0)
            {
                target.Add(Merge([], item, field));
            }
            else
            {
                var known = (JsonObject)target[index]!;
                target[index] = null;
                target[index] = Merge(known, item, field);
            }
        }

        return target;
    }

    private void Follow(JsonObject target, string directive, JsonArray values, string parent)
    {
        if (directive.StartsWith(DeleteFrom, StringComparison.Ordinal) && target[directive[DeleteFrom.Length..]] is JsonArray list)
        {
            foreach (var value in values)
                list.RemoveAll(known => JsonNode.DeepEquals(known, value));
        }
        else if (directive.StartsWith(ElementOrder, StringComparison.Ordinal) && target[directive[ElementOrder.Length..]] is JsonArray unordered)
        {
            var field = directive[ElementOrder.Length..];
            var key = keys.Of(parent, field) is [var first, ..] ? first : null;
            target[field] = Ordered(unordered, [.. values.Select(value => Identity(value, key))], key);
        }
    }

    /// <summary>Items in the order asked for; those not named keep their place behind the item that they followed.</summary>
    private static JsonArray Ordered(JsonArray list, List<string> order, string? key)
    {
        var rank = -1.0;
        var ranked = new List<(double Rank, JsonNode? Item)>();
        foreach (var item in list)
        {
            var position = order.IndexOf(Identity(item, key));
            rank = position >= 0 ? position : rank + 1e-6;
            ranked.Add((rank, item?.DeepClone()));
        }

        return [.. ranked.OrderBy(pair => pair.Rank).Select(pair => pair.Item)];
    }

    private static string Identity(JsonNode? item, string? key) => (item is JsonObject map && key is not null ? map[key] : item)?.ToJsonString() ?? "null";

    private static int IndexOf(JsonArray list, string key, string id)
    {
        for (var i = 0; i < list.Count; i++)
        {
            if (list[i]?[key]?.ToString() == id)
                return i;
        }

        return -1;
    }

    private static JsonArray Union(JsonArray target, JsonArray patch)
    {
        foreach (var value in patch.Where(value => !target.Any(known => JsonNode.DeepEquals(known, value))))
            target.Add(value?.DeepClone());
        return target;
    }

    private static void Retain(JsonObject target, JsonArray retained)
    {
        foreach (var field in target.Select(pair => pair.Key).Except(retained.Select(name => name!.ToString())).ToList())
            target.Remove(field);
    }

    private static JsonObject WithoutDirectives(JsonObject patch) =>
        new(patch.Where(pair => !pair.Key.StartsWith('$')).Select(pair => KeyValuePair.Create(pair.Key, pair.Value?.DeepClone())));
}
