using System.Text.Json.Nodes;
using VisionRollout.Rehearsal.Cluster;

namespace VisionRollout.Rehearsal.KubernetesApi;

/// <summary>The resource types that a CustomResourceDefinition adds.</summary>
internal static class CustomResources
{
    /// <summary>One type for each served version, the storage version first.</summary>
    public static IEnumerable<ResourceType> TypesOf(JsonObject definition)
    {
        var spec = definition["spec"];
        var names = spec.At("names");
        var kind = names.Text("kind") ?? "";
        string[] shortNames = [.. (names.At("shortNames") as JsonArray ?? []).Select(name => name!.ToString())];
        return spec.Items("versions")
            .Where(version => version.IsTrue("served"))
            .OrderByDescending(version => version.IsTrue("storage"))
            .Select(version => new ResourceType(
                spec.Text("group") ?? "", version.Text("name") ?? "", names.Text("plural") ?? "",
                names.Text("singular") ?? kind.ToLowerInvariant(), kind, spec.Text("scope") == "Namespaced", shortNames,
                version.At("subresources", "status") is not null, version.At("subresources", "scale") is not null));
    }

    /// <summary>The status of a definition that is served.</summary>
    public static JsonObject Established(JsonObject definition, DateTimeOffset now)
    {
        var status = new JsonObject { ["acceptedNames"] = definition.At("spec", "names")?.DeepClone() };
        foreach (var type in (string[])["NamesAccepted", "Established"])
            status.SetCondition(new JsonObject { ["type"] = type, ["status"] = "True", ["reason"] = "InitialNamesAccepted", ["message"] = "the initial names have been accepted" }, now);
        return status;
    }
}
