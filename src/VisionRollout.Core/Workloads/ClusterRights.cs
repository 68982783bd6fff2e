namespace VisionRollout.Core.Workloads;

/// <summary>Everything that a rollout asks of the Kubernetes API, and nothing else: <c>examples/rbac.yaml</c> allows exactly this, which a test
/// compares with the requests that an API server has seen.</summary>
public static class ClusterRights
{
    private const string Apps = "apps";

    /// <summary>The rights for an environment with routes of these kinds.</summary>
    /// <param name="routeKinds"><c>VirtualService</c> or <c>HTTPRoute</c>, or both.</param>
    public static IReadOnlyList<ClusterRight> For(params IEnumerable<string> routeKinds) => [.. Common, .. routeKinds.Distinct().SelectMany(Route)];

    private static IReadOnlyList<ClusterRight> Common { get; } =
    [
        .. Rights("", "configmaps", "the journal in the cluster; fallbacks", "get", "list", "create", "patch"),
        .. Rights("", "secrets", "the databases' passwords", "get"),
        .. Rights("", "pods", "which pods are ready", "list", "watch"),
        .. Rights("", "pods/log", "the last words of a pod that can't start", "get"),
        // A WebSocket begins with GET: API servers ask for one or the other, by version.
        .. Rights("", "pods/exec", "migrations", "get", "create"),
        .. Rights("", "pods/proxy", "health checks and smoke tests of single pods", "get"),
        .. Rights("", "services/proxy", "the features of a colour that has no traffic yet", "get"),
        .. Rights("", "events", "what happens to a deployment", "list", "watch"),
        .. Rights("", "resourcequotas", "whether the new colour fits in", "list"),
        .. Rights("autoscaling", "horizontalpodautoscalers", "whether autoscalers leave headroom", "list"),
        .. Rights("policy", "poddisruptionbudgets", "whether a node drain could hurt", "list"),
        .. Rights(Apps, "deployments", "both colours", "get", "list", "watch", "create", "patch", "delete"),
        .. Rights(Apps, "deployments/scale", "scaling up, and down after the retention", "patch"),
        .. Rights("coordination.k8s.io", "leases", "one rollout at a time", "get", "create", "patch"),
        .. Rights("metrics.k8s.io", "pods", "CPU and memory", "list"),
    ];

    private static IEnumerable<ClusterRight> Route(string kind) => kind == "HTTPRoute"
        ? Rights("gateway.networking.k8s.io", "httproutes", "the weights", "get", "patch")
        : [.. Rights("networking.istio.io", "virtualservices", "the weights", "get", "patch"), .. Rights("networking.istio.io", "destinationrules", "whether the colours' subsets are defined", "list")];

    private static IEnumerable<ClusterRight> Rights(string group, string resource, string purpose, params string[] verbs) =>
        verbs.Select(verb => new ClusterRight(group, resource, verb, purpose));
}
