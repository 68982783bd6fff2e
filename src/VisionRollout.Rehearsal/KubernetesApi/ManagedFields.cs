using System.Text.Json.Nodes;
using VisionRollout.Rehearsal.Cluster;

namespace VisionRollout.Rehearsal.KubernetesApi;

/// <summary>Keeps <c>metadata.managedFields</c>: who set which fields last, and how.</summary>
/// <param name="manager">The manager of this request.</param>
/// <param name="subresource">The subresource written to; empty for the object itself.</param>
/// <param name="apiVersion">The version in which the request was made.</param>
/// <param name="keys">The merge keys of the kind.</param>
/// <param name="now">The cluster's time.</param>
internal sealed class ManagedFields(string manager, string subresource, string apiVersion, ListKeys keys, DateTimeOffset now)
{
    /// <summary>The operation of a create, update or patch.</summary>
    public const string Update = "Update";

    /// <summary>The operation of a server-side apply.</summary>
    public const string Apply = "Apply";

    /// <summary>Notes that this request turned <paramref name="before"/> (empty for a creation) into <paramref name="after"/>, which is changed in place.</summary>
    public void Track(JsonObject before, JsonObject after)
    {
        var entries = Entries(before, after);
        var (changed, removed) = Differences(before, after);
        if (FieldTree.Leaves(changed).Any() || FieldTree.Leaves(removed).Any())
        {
            foreach (var entry in entries.Where(entry => !IsOwn(entry, Update)))
                Subtract(entry, changed, before);
            foreach (var entry in entries)
                Subtract(entry, removed, before);
            var own = Own(entries, Update);
            foreach (var leaf in FieldTree.Leaves(changed))
                FieldTree.Add(Fields(own), leaf);
        }

        Write(after, entries, before);
    }

    /// <summary>The other managers that own a path of the object.</summary>
    public IEnumerable<JsonObject> OthersWith(List<JsonObject> entries, string[] path) =>
        entries.Where(entry => !IsOwn(entry, Apply) && FieldTree.Has(Fields(entry), path));

    /// <summary>The fields that this manager has applied before.</summary>
    public JsonObject Applied(List<JsonObject> entries) => entries.Find(entry => IsOwn(entry, Apply)) is { } own ? Fields(own) : [];

    /// <summary>Replaces what this manager has applied, and writes the entries to the object.</summary>
    public void SetApplied(JsonObject after, List<JsonObject> entries, JsonObject applied, JsonObject before)
    {
        Own(entries, Apply)["fieldsV1"] = applied;
        var (_, removed) = Differences(before, after);
        foreach (var entry in entries.Where(entry => !IsOwn(entry, Apply)))
            Subtract(entry, removed, before);
        Write(after, entries, before);
    }

    /// <summary>The fields of an entry.</summary>
    public static JsonObject Fields(JsonObject entry) => entry.Child("fieldsV1");

    /// <summary>
    /// The entries to go on from: those that the request brings when it brings others (kubectl moves ownership that way),
    /// none when it resets them with one empty entry, else those that the object has.
    /// </summary>
    public static List<JsonObject> Entries(JsonObject before, JsonObject after)
    {
        var brought = after.Items("metadata", "managedFields").ToList();
        if (brought is [{ Count: 0 }])
            return [];
        var source = brought.Count > 0 ? brought : before.Items("metadata", "managedFields");
        return [.. source.Select(entry => (JsonObject)entry.DeepClone())];
    }

    private (JsonObject Changed, JsonObject Removed) Differences(JsonObject before, JsonObject after) =>
        (FieldTree.Changed(before, after, keys), FieldTree.Removed(before, after, keys));

    private static void Subtract(JsonObject entry, JsonObject tree, JsonObject before)
    {
        foreach (var leaf in FieldTree.Leaves(tree).Where(leaf => FieldTree.Exists(before, leaf)))
            FieldTree.Remove(Fields(entry), leaf);
    }

    private bool IsOwn(JsonObject entry, string operation) =>
        entry.Text("manager") == manager && entry.Text("operation") == operation && (entry.Text("subresource") ?? "") == subresource;

    private JsonObject Own(List<JsonObject> entries, string operation)
    {
        var own = entries.Find(entry => IsOwn(entry, operation));
        if (own is not null)
            return own;
        own = new JsonObject
        {
            ["manager"] = manager,
            ["operation"] = operation,
            ["apiVersion"] = apiVersion,
            ["time"] = ObjectStore.Timestamp(now),
            ["fieldsType"] = "FieldsV1",
            ["fieldsV1"] = new JsonObject(),
        };
        if (subresource.Length > 0)
            own["subresource"] = subresource;
        entries.Add(own);
        return own;
    }

    /// <summary>Writes the entries that own something; the time of one moves only when its fields do.</summary>
    private void Write(JsonObject after, List<JsonObject> entries, JsonObject before)
    {
        entries.RemoveAll(entry => !FieldTree.Leaves(Fields(entry)).Any());
        var known = before.Items("metadata", "managedFields").ToList();
        foreach (var entry in entries)
        {
            var same = known.Find(other => other.Text("manager") == entry.Text("manager") && other.Text("operation") == entry.Text("operation")
                && other.Text("subresource") == entry.Text("subresource") && JsonNode.DeepEquals(other["fieldsV1"], entry["fieldsV1"]));
            entry["time"] = same.Text("time") ?? ObjectStore.Timestamp(now);
        }

        if (entries.Count > 0)
            after.Child("metadata")["managedFields"] = new JsonArray([.. entries]);
        else
            after.Child("metadata").Remove("managedFields");
    }
}
