using System.Text.Json.Nodes;
using VisionRollout.Rehearsal.Cluster;

namespace VisionRollout.Rehearsal.KubernetesApi;

/// <summary>The documents that tell clients which resources there are, in the plain and in the aggregated form (apidiscovery.k8s.io/v2).</summary>
internal sealed class Discovery(ResourceCatalogue catalogue)
{
    private const string Aggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
    private static readonly string[] ReadOnlyVerbs = ["get", "list"];
    private static readonly string[] AllVerbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

    /// <summary>Answers a discovery request; false when the path is none.</summary>
    public async Task<bool> TryAnswerAsync(HttpContext context)
    {
        var parts = (context.Request.Path.Value ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries);
        var document = parts switch
        {
            ["version"] => Version(),
            ["api"] when WantsAggregated(context) => AggregatedGroups(core: true),
            ["apis"] when WantsAggregated(context) => AggregatedGroups(core: false),
            ["api"] => CoreVersions(context),
            ["apis"] => Groups(),
            ["api", var version] => Resources("", version),
            ["apis", var group] => catalogue.Types.Any(type => type.Group == group) && group.Length > 0 ? Group(group) : null,
            ["apis", var group, var version] => Resources(group, version),
            _ => null,
        };
        if (document is null)
            return false;
        var isAggregated = parts.Length == 1 && parts[0] != "version" && WantsAggregated(context);
        await ApiResponse.WriteAsync(context, document, contentType: isAggregated ? Aggregated : "application/json");
        return true;
    }

    private static bool WantsAggregated(HttpContext context)
    {
        var accept = context.Request.Headers.Accept.ToString();
        return accept.Split(',').Any(kind => kind.Contains("as=APIGroupDiscoveryList", StringComparison.Ordinal)
            && kind.Split(';').Any(parameter => parameter.Trim() == "v=v2"));
    }

    private static JsonObject Version() => new()
    {
        ["major"] = "1",
        ["minor"] = "32",
        ["gitVersion"] = "v1.32.4+rehearsal",
        ["gitCommit"] = "",
        ["gitTreeState"] = "clean",
        ["buildDate"] = "1970-01-01T00:00:00Z",
        ["goVersion"] = "none",
        ["compiler"] = "none",
        ["platform"] = "linux/amd64",
    };

    private static JsonObject CoreVersions(HttpContext context) => new()
    {
        ["kind"] = "APIVersions",
        ["versions"] = new JsonArray("v1"),
        ["serverAddressByClientCIDRs"] = new JsonArray(new JsonObject { ["clientCIDR"] = "0.0.0.0/0", ["serverAddress"] = context.Request.Host.Value }),
    };

    private JsonObject Groups() => new()
    {
        ["kind"] = "APIGroupList",
        ["apiVersion"] = "v1",
        ["groups"] = new JsonArray([.. GroupNames().Select(Group)]),
    };

    private IEnumerable<string> GroupNames() => catalogue.Types.Select(type => type.Group).Where(group => group.Length > 0).Distinct();

    private IEnumerable<string> Versions(string group) => catalogue.Types.Where(type => type.Group == group).Select(type => type.Version).Distinct();

    private JsonObject Group(string group)
    {
        var versions = Versions(group).Select(version => new JsonObject { ["groupVersion"] = $"{group}/{version}", ["version"] = version }).ToList();
        return new JsonObject
        {
            ["kind"] = "APIGroup",
            ["apiVersion"] = "v1",
            ["name"] = group,
            ["versions"] = new JsonArray([.. versions]),
            ["preferredVersion"] = versions[0].DeepClone(),
        };
    }

    private JsonObject? Resources(string group, string version)
    {
        var types = catalogue.Types.Where(type => type.Group == group && type.Version == version).ToList();
        return types.Count == 0 ? null : new JsonObject
        {
            ["kind"] = "APIResourceList",
            ["apiVersion"] = "v1",
            ["groupVersion"] = group.Length == 0 ? version : $"{group}/{version}",
            ["resources"] = new JsonArray([.. types.SelectMany(Resource)]),
        };
    }

    private static IEnumerable<JsonNode> Resource(ResourceType type)
    {
        var entry = new JsonObject
        {
            ["name"] = type.Plural,
            ["singularName"] = type.Singular,
            ["namespaced"] = type.Namespaced,
            ["kind"] = type.Kind,
            ["verbs"] = Names(Verbs(type)),
        };
        if (type.ShortNames.Length > 0)
            entry["shortNames"] = Names(type.ShortNames);
        if (Categories(type) is { Length: > 0 } categories)
            entry["categories"] = Names(categories);
        yield return entry;
        foreach (var (name, kind, group, version, verbs) in Subresources(type))
        {
            var sub = new JsonObject
            {
                ["name"] = $"{type.Plural}/{name}",
                ["singularName"] = "",
                ["namespaced"] = type.Namespaced,
                ["kind"] = kind,
                ["verbs"] = Names(verbs),
            };
            if (group != type.Group)
                (sub["group"], sub["version"]) = (group, version);
            yield return sub;
        }
    }

    private static JsonArray Names(IEnumerable<string> names) => [.. names.Select(name => (JsonNode)name)];

    private static string[] Verbs(ResourceType type) => type.Group switch
    {
        "metrics.k8s.io" => ReadOnlyVerbs,
        "authentication.k8s.io" or "authorization.k8s.io" => ["create"],
        _ => AllVerbs,
    };

    private static string[] Categories(ResourceType type) => type switch
    {
        { Group: "", Plural: "pods" or "services" } => ["all"],
        { Group: "apps" or "batch" } => ["all"],
        { Group: "autoscaling" } => ["all"],
        { Group: "networking.istio.io" } => ["istio-io", "networking-istio-io"],
        { Group: "gateway.networking.k8s.io" } => ["gateway-api"],
        _ => [],
    };

    private static IEnumerable<(string Name, string Kind, string Group, string Version, string[] Verbs)> Subresources(ResourceType type)
    {
        if (type.HasStatus)
            yield return ("status", type.Kind, type.Group, type.Version, ["get", "patch", "update"]);
        if (type.HasScale)
            yield return ("scale", "Scale", "autoscaling", "v1", ["get", "patch", "update"]);
        if (type is { Group: "", Plural: "pods" })
        {
            yield return ("eviction", "Eviction", "policy", "v1", ["create"]);
            yield return ("exec", "PodExecOptions", "", "v1", ["create", "get"]);
            yield return ("log", "Pod", "", "v1", ["get"]);
        }

        if (type is { Group: "", Plural: "pods" or "services" })
            yield return ("proxy", type.Plural == "pods" ? "PodProxyOptions" : "ServiceProxyOptions", "", "v1", ["create", "delete", "get", "patch", "update"]);
    }

    private JsonObject AggregatedGroups(bool core) => new()
    {
        ["kind"] = "APIGroupDiscoveryList",
        ["apiVersion"] = "apidiscovery.k8s.io/v2",
        ["metadata"] = new JsonObject(),
        ["items"] = new JsonArray([.. (core ? [""] : GroupNames()).Select(AggregatedGroup)]),
    };

    private JsonObject AggregatedGroup(string group) => new()
    {
        ["metadata"] = group.Length == 0 ? new JsonObject() : new JsonObject { ["name"] = group },
        ["versions"] = new JsonArray([.. Versions(group).Select(version => new JsonObject
        {
            ["version"] = version,
            ["freshness"] = "Current",
            ["resources"] = new JsonArray([.. catalogue.Types.Where(type => type.Group == group && type.Version == version).Select(AggregatedResource)]),
        })]),
    };

    private static JsonObject AggregatedResource(ResourceType type)
    {
        var entry = new JsonObject
        {
            ["resource"] = type.Plural,
            ["responseKind"] = Kind(type.Group, type.Version, type.Kind),
            ["scope"] = type.Namespaced ? "Namespaced" : "Cluster",
            ["singularResource"] = type.Singular,
            ["verbs"] = Names(Verbs(type)),
        };
        if (type.ShortNames.Length > 0)
            entry["shortNames"] = Names(type.ShortNames);
        if (Categories(type) is { Length: > 0 } categories)
            entry["categories"] = Names(categories);
        var subresources = Subresources(type).Select(sub => new JsonObject
        {
            ["subresource"] = sub.Name,
            ["responseKind"] = Kind(sub.Group, sub.Version, sub.Kind),
            ["verbs"] = Names(sub.Verbs),
        }).ToArray();
        if (subresources.Length > 0)
            entry["subresources"] = new JsonArray([.. subresources]);
        return entry;
    }

    private static JsonObject Kind(string group, string version, string kind) => new() { ["group"] = group, ["version"] = version, ["kind"] = kind };
}
