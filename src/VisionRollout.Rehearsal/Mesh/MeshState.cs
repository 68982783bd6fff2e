using System.Collections.Frozen;
using System.Text.Json.Nodes;
using VisionRollout.Rehearsal.Cluster;
using VisionRollout.Rehearsal.Scenario;

namespace VisionRollout.Rehearsal.Mesh;

/// <summary>What the mesh knows of the cluster's services and pods at one moment. Immutable.</summary>
internal sealed class MeshState
{
    private readonly FrozenDictionary<string, MeshEndpoint[]> byService;
    private readonly FrozenDictionary<(string Host, string Subset), KeyValuePair<string, string>[]> subsets;
    private readonly FrozenSet<string> fallbacks;

    private MeshState(
        FrozenDictionary<string, MeshEndpoint[]> byService,
        FrozenDictionary<(string Host, string Subset), KeyValuePair<string, string>[]> subsets,
        FrozenSet<string> fallbacks,
        MeshEndpoint[] ready)
    {
        this.byService = byService;
        this.subsets = subsets;
        this.fallbacks = fallbacks;
        Ready = ready;
    }

    /// <summary>Every pod that is ready and not being deleted.</summary>
    public IReadOnlyList<MeshEndpoint> Ready { get; }

    /// <summary>The ready endpoints of a Service, all or those of a subset of its DestinationRule.</summary>
    public IReadOnlyList<MeshEndpoint> Endpoints(string host, string? subset)
    {
        var bare = host.Split('.', 2)[0];
        if (!byService.TryGetValue(bare, out var all))
            return [];
        if (subset is null)
            return all;
        return subsets.TryGetValue((bare, subset), out var labels)
            ? [.. all.Where(endpoint => labels.All(label => endpoint.Pod.Labels.GetValueOrDefault(label.Key) == label.Value))]
            : [];
    }

    /// <summary>The labels that a subset asks for; empty when it is not known.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> SubsetLabels(string host, string subset) =>
        subsets.GetValueOrDefault((host.Split('.', 2)[0], subset)) ?? [];

    /// <summary>Whether the ConfigMap <c>(service)-config</c> turns the fallback for external systems on.</summary>
    public bool FallbackOn(string service) => fallbacks.Contains(service);

    /// <summary>Reads the state of a namespace from the store.</summary>
    public static MeshState Read(ObjectStore store, RehearsalScenario scenario)
    {
        var ns = scenario.Namespace;
        var pods = store.List("", "pods", ns).Select(pod => (Object: pod, Identity: PodIdentity.Of(pod, scenario))).ToArray();
        var byName = pods.ToDictionary(pod => pod.Identity.Name, StringComparer.Ordinal);
        var services = store.List("", "endpoints", ns).ToDictionary(
            NameOf,
            endpoints => Addresses(endpoints, name => byName.TryGetValue(name, out var pod) ? pod : null).ToArray(),
            StringComparer.Ordinal);
        return new MeshState(
            services.ToFrozenDictionary(StringComparer.Ordinal),
            Subsets(store, ns).ToFrozenDictionary(),
            Fallbacks(store, ns).ToFrozenSet(StringComparer.Ordinal),
            [.. pods.Where(pod => IsReady(pod.Object)).Select(pod => Direct(pod.Object, pod.Identity)).OfType<MeshEndpoint>()]);
    }

    private static IEnumerable<MeshEndpoint> Addresses(JsonObject endpoints, Func<string, (JsonObject Object, PodIdentity Identity)?> find)
    {
        foreach (var subset in (endpoints["subsets"] as JsonArray ?? []).OfType<JsonObject>())
        {
            var port = (int?)(subset["ports"] as JsonArray)?.FirstOrDefault()?["port"];
            foreach (var address in (subset["addresses"] as JsonArray ?? []).OfType<JsonObject>())
            {
                if ((string?)address["ip"] is { } ip
                    && (string?)address["targetRef"]?["name"] is { } name
                    && find(name) is { } pod)
                    yield return new MeshEndpoint($"{ip}:{StandInPort(pod.Object) ?? port ?? pod.Identity.Port}", pod.Identity);
            }
        }
    }

    private static MeshEndpoint? Direct(JsonObject pod, PodIdentity identity) =>
        (string?)pod["status"]?["podIP"] is { Length: > 0 } ip ? new MeshEndpoint($"{ip}:{StandInPort(pod) ?? identity.Port}", identity) : null;

    private static int? StandInPort(JsonObject pod) =>
        int.TryParse((string?)pod["metadata"]?["annotations"]?[PodStart.PortAnnotation], out var port) ? port : null;

    private static bool IsReady(JsonObject pod) =>
        pod["metadata"]?["deletionTimestamp"] is null
        && (pod["status"]?["conditions"] as JsonArray)?.Any(item => (string?)item?["type"] == "Ready" && (string?)item["status"] == "True") == true;

    private static IEnumerable<KeyValuePair<(string Host, string Subset), KeyValuePair<string, string>[]>> Subsets(ObjectStore store, string ns)
    {
        var rules = from rule in store.List("networking.istio.io", "destinationrules", ns)
                    from subset in (rule["spec"]?["subsets"] as JsonArray ?? []).OfType<JsonObject>()
                    let host = ((string?)rule["spec"]?["host"] ?? string.Empty).Split('.', 2)[0]
                    select KeyValuePair.Create(
                        (host, (string?)subset["name"] ?? string.Empty),
                        (subset["labels"] as JsonObject ?? []).Select(label => KeyValuePair.Create(label.Key, (string?)label.Value ?? string.Empty)).ToArray());
        return rules.DistinctBy(rule => rule.Key);
    }

    private static IEnumerable<string> Fallbacks(ObjectStore store, string ns) =>
        from map in store.List("", "configmaps", ns)
        let name = NameOf(map)
        where name.EndsWith("-config", StringComparison.Ordinal) && (string?)map["data"]?["external.fallback"] == "on"
        select name[..^"-config".Length];

    private static string NameOf(JsonObject value) => (string?)value["metadata"]?["name"] ?? string.Empty;
}
