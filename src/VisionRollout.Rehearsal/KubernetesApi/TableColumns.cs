using System.Text.Json.Nodes;
using VisionRollout.Rehearsal.Cluster;

namespace VisionRollout.Rehearsal.KubernetesApi;

/// <summary>The columns of each kind, as Kubernetes' printers and the CRDs of Istio and the Gateway API define them.</summary>
internal static class TableColumns
{
    private static readonly TableColumn Name = new("Name", (value, _) => value.Name());
    private static readonly TableColumn Age = new("Age", (value, now) => Since(value, now, "metadata", "creationTimestamp"));

    /// <summary>The columns of a type.</summary>
    public static IReadOnlyList<TableColumn> Of(ResourceType type) => (type.Group, type.Plural) switch
    {
        ("apps", "deployments") => [.. Deployments],
        ("apps", "replicasets") => [.. ReplicaSets],
        ("apps", "statefulsets") => [Name, Ready("replicas"), Age, Containers, Images],
        ("", "pods") => [.. Pods],
        ("", "services") => [.. Services],
        ("", "endpoints") => [Name, Text("Endpoints", Addresses), Age],
        ("", "events") => [.. Events],
        ("", "namespaces") => [Name, Text("Status", value => value.Text("status", "phase")), Age],
        ("", "configmaps") => [Name, Number("Data", value => (value["data"] as JsonObject)?.Count ?? 0), Age],
        ("", "secrets") => [Name, Text("Type", value => value.Text("type")), Number("Data", value => (value["data"] as JsonObject)?.Count ?? 0), Age],
        ("", "serviceaccounts") => [Name, Number("Secrets", value => value.Items("secrets").Count()), Age],
        ("", "nodes") => [Name, Text("Status", value => value.HasCondition("Ready") ? "Ready" : "NotReady"), Text("Roles", _ => "<none>"), Age, Text("Version", value => value.Text("status", "nodeInfo", "kubeletVersion"))],
        ("", "resourcequotas") => [Name, Text("Request", Quota), Text("Limit", _ => ""), Age],
        ("autoscaling", _) => [.. Autoscalers],
        ("discovery.k8s.io", "endpointslices") => [Name, Text("AddressType", value => value.Text("addressType")), Text("Ports", SlicePorts), Text("Endpoints", SliceAddresses), Age],
        ("policy", _) => [Name, Text("Min Available", value => value.At("spec", "minAvailable")?.ToString() ?? "N/A"), Text("Max Unavailable", value => value.At("spec", "maxUnavailable")?.ToString() ?? "N/A"), Age],
        ("networking.istio.io", "virtualservices") => [Name, Text("Gateways", value => List(value, "spec", "gateways")), Text("Hosts", value => List(value, "spec", "hosts")), Age],
        ("networking.istio.io", "destinationrules") => [Name, Text("Host", value => value.Text("spec", "host")), Age],
        ("gateway.networking.k8s.io", "httproutes") => [Name, Text("Hostnames", value => List(value, "spec", "hostnames")), Age],
        ("gateway.networking.k8s.io", "gateways") => [Name, Text("Class", value => value.Text("spec", "gatewayClassName")), Age],
        ("apiextensions.k8s.io", _) => [Name, Text("Created At", value => value.Text("metadata", "creationTimestamp"))],
        _ => [Name, Age],
    };

    private static TableColumn Containers => Text("Containers", value => string.Join(',', ContainersOf(value).Select(container => container.Text("name"))), wide: true);

    private static TableColumn Images => Text("Images", value => string.Join(',', ContainersOf(value).Select(container => container.Text("image"))), wide: true);

    private static TableColumn Selector => Text("Selector", value => SelectorOf(value), wide: true);

    private static IEnumerable<TableColumn> Deployments =>
    [
        Name, Ready("replicas"),
        Number("Up-to-date", value => value.Int("status", "updatedReplicas") ?? 0),
        Number("Available", value => value.Int("status", "availableReplicas") ?? 0),
        Age, Containers, Images, Selector,
    ];

    private static IEnumerable<TableColumn> ReplicaSets =>
    [
        Name,
        Number("Desired", value => value.Int("spec", "replicas") ?? 0),
        Number("Current", value => value.Int("status", "replicas") ?? 0),
        Number("Ready", value => value.Int("status", "readyReplicas") ?? 0),
        Age, Containers, Images, Selector,
    ];

    private static IEnumerable<TableColumn> Pods =>
    [
        Name,
        Text("Ready", value => $"{value.Items("status", "containerStatuses").Count(container => container.IsTrue("ready"))}/{value.Items("spec", "containers").Count()}"),
        Text("Status", PodState),
        Number("Restarts", value => value.Items("status", "containerStatuses").Sum(container => container.Int("restartCount") ?? 0)),
        Age,
        Text("IP", value => value.Text("status", "podIP") ?? "<none>", wide: true),
        Text("Node", value => value.Text("spec", "nodeName") ?? "<none>", wide: true),
        Text("Nominated Node", _ => "<none>", wide: true),
        Text("Readiness Gates", _ => "<none>", wide: true),
    ];

    private static IEnumerable<TableColumn> Services =>
    [
        Name,
        Text("Type", value => value.Text("spec", "type")),
        Text("Cluster-IP", value => value.Text("spec", "clusterIP") ?? "<none>"),
        Text("External-IP", _ => "<none>"),
        Text("Port(s)", value => string.Join(',', value.Items("spec", "ports").Select(port => $"{port.Int("port")}/{port.Text("protocol") ?? "TCP"}"))),
        Age,
        Text("Selector", value => Pairs(value.Map("spec", "selector")), wide: true),
    ];

    private static IEnumerable<TableColumn> Events =>
    [
        new("Last Seen", (value, now) => Since(value, now, "lastTimestamp")),
        Text("Type", value => value.Text("type")),
        Text("Reason", value => value.Text("reason")),
        Text("Object", value => $"{value.Text("involvedObject", "kind")?.ToLowerInvariant()}/{value.Text("involvedObject", "name")}"),
        Text("Subobject", value => value.Text("involvedObject", "fieldPath"), wide: true),
        Text("Source", value => value.Text("source", "component"), wide: true),
        Text("Message", value => value.Text("message")?.Trim()),
        new("First Seen", (value, now) => Since(value, now, "firstTimestamp"), IsWide: true),
        Number("Count", value => value.Int("count") ?? 1, wide: true),
        Name with { IsWide = true },
    ];

    private static IEnumerable<TableColumn> Autoscalers =>
    [
        Name,
        Text("Reference", value => $"{value.Text("spec", "scaleTargetRef", "kind")}/{value.Text("spec", "scaleTargetRef", "name")}"),
        Text("Targets", value => value.Items("spec", "metrics").Any() ? string.Join(", ", value.Items("spec", "metrics").Select(Target)) : "<none>"),
        Text("MinPods", value => (value.Int("spec", "minReplicas") ?? 1).ToString(System.Globalization.CultureInfo.InvariantCulture)),
        Number("MaxPods", value => value.Int("spec", "maxReplicas") ?? 0),
        Number("Replicas", value => value.Int("status", "currentReplicas") ?? 0),
        Age,
    ];

    private static TableColumn Ready(string wanted) => Text("Ready", value => $"{value.Int("status", "readyReplicas") ?? 0}/{value.Int("spec", wanted) ?? 0}");

    private static TableColumn Text(string name, Func<JsonObject, string?> cell, bool wide = false) => new(name, (value, _) => cell(value) ?? "", wide);

    private static TableColumn Number(string name, Func<JsonObject, int> cell, bool wide = false) => new(name, (value, _) => cell(value), wide, "integer");

    private static string Since(JsonObject value, DateTimeOffset now, params string[] path) =>
        value.Time(path) is { } at ? HumanDuration.Of(now - at) : "<unknown>";

    private static string PodState(JsonObject pod) =>
        pod.IsDeleting() ? "Terminating" : PodStatus.WaitingReason(pod) ?? pod.Text("status", "reason") ?? pod.Text("status", "phase") ?? "Unknown";

    private static IEnumerable<JsonObject> ContainersOf(JsonObject value) => value.Items("spec", "template", "spec", "containers");

    private static string SelectorOf(JsonObject value) => Pairs(value.Map("spec", "selector", "matchLabels"));

    private static string Pairs(IReadOnlyDictionary<string, string> map) =>
        map.Count == 0 ? "<none>" : string.Join(',', map.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}"));

    private static string List(JsonObject value, params string[] path) => (value.At(path) as JsonArray)?.ToJsonString() ?? "";

    private static string Quota(JsonObject quota) => Pairs(quota.Map("spec", "hard"));

    private static string Target(JsonObject metric) =>
        $"{metric.Text("resource", "name") ?? metric.Text("type")}: <unknown>/{metric.Int("resource", "target", "averageUtilization")}%";

    private static string Addresses(JsonObject endpoints) => Shortened([.. endpoints.Items("subsets").SelectMany(subset =>
        subset.Items("addresses").SelectMany(address => subset.Items("ports").Select(port => $"{address.Text("ip")}:{port.Int("port")}")))]);

    private static string SlicePorts(JsonObject slice) => Shortened([.. slice.Items("ports").Select(port => $"{port.Int("port")}")]);

    private static string SliceAddresses(JsonObject slice) => Shortened([.. slice.Items("endpoints").Select(endpoint => endpoint["addresses"]?[0]?.ToString() ?? "")]);

    private static string Shortened(List<string> values) => values.Count switch
    {
        0 => "<none>",
        <= 3 => string.Join(',', values),
        _ => $"{string.Join(',', values.Take(3))} + {values.Count - 3} more...",
    };
}
