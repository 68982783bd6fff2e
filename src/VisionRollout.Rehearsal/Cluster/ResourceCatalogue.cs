using System.Collections.Immutable;

namespace VisionRollout.Rehearsal.Cluster;

/// <summary>The kinds that the cluster serves: the built-in ones, Istio's and the Gateway API's, and those that a CustomResourceDefinition adds.</summary>
internal sealed class ResourceCatalogue
{
    private readonly Lock gate = new();
    private ImmutableList<ResourceType> types = [.. BuiltIn()];

    /// <summary>All types, those of one group in the group's order of preference.</summary>
    public IReadOnlyList<ResourceType> Types => types;

    /// <summary>The type that a path names, or null.</summary>
    public ResourceType? Find(string group, string version, string plural) =>
        types.Find(type => type.Group == group && type.Version == version && type.Plural == plural);

    /// <summary>The preferred version of a type, or null.</summary>
    public ResourceType? Find(string group, string plural) =>
        types.Find(type => type.Group == group && type.Plural == plural);

    /// <summary>The type of an object by its apiVersion and kind, or null.</summary>
    public ResourceType? FindKind(string apiVersion, string kind) =>
        types.Find(type => type.ApiVersion == apiVersion && type.Kind == kind);

    /// <summary>Adds types, or replaces those of the same group, version and plural.</summary>
    public void Add(IEnumerable<ResourceType> added)
    {
        lock (gate)
        {
            foreach (var type in added)
            {
                types = types.RemoveAll(known => known.Group == type.Group && known.Version == type.Version && known.Plural == type.Plural);
                types = types.Add(type);
            }
        }
    }

    /// <summary>Removes all versions of a type.</summary>
    public void Remove(string group, string plural)
    {
        lock (gate)
            types = types.RemoveAll(known => known.Group == group && known.Plural == plural);
    }

    private static IEnumerable<ResourceType> BuiltIn() =>
    [
        .. Core(), .. Workloads(), .. Policy(), .. Reviews(),
        .. Mesh("v1"), .. Mesh("v1beta1"), .. Mesh("v1alpha3"),
        Type("gateway.networking.k8s.io", "v1", "gateways", "Gateway", true, ["gtw"], status: true),
        Type("gateway.networking.k8s.io", "v1", "httproutes", "HTTPRoute", true, [], status: true),
        Type("metrics.k8s.io", "v1beta1", "nodes", "NodeMetrics", false, []),
        Type("metrics.k8s.io", "v1beta1", "pods", "PodMetrics", true, []),
    ];

    private static IEnumerable<ResourceType> Core() =>
    [
        Type("", "v1", "configmaps", "ConfigMap", true, ["cm"]),
        Type("", "v1", "endpoints", "Endpoints", true, ["ep"], singular: "endpoints"),
        Type("", "v1", "events", "Event", true, ["ev"]),
        Type("", "v1", "limitranges", "LimitRange", true, ["limits"]),
        Type("", "v1", "namespaces", "Namespace", false, ["ns"], status: true),
        Type("", "v1", "nodes", "Node", false, ["no"], status: true),
        Type("", "v1", "persistentvolumeclaims", "PersistentVolumeClaim", true, ["pvc"], status: true),
        Type("", "v1", "pods", "Pod", true, ["po"], status: true),
        Type("", "v1", "resourcequotas", "ResourceQuota", true, ["quota"], status: true),
        Type("", "v1", "secrets", "Secret", true, []),
        Type("", "v1", "serviceaccounts", "ServiceAccount", true, ["sa"]),
        Type("", "v1", "services", "Service", true, ["svc"], status: true),
    ];

    private static IEnumerable<ResourceType> Workloads() =>
    [
        Type("apps", "v1", "daemonsets", "DaemonSet", true, ["ds"], status: true),
        Type("apps", "v1", "deployments", "Deployment", true, ["deploy"], status: true, scale: true),
        Type("apps", "v1", "replicasets", "ReplicaSet", true, ["rs"], status: true, scale: true),
        Type("apps", "v1", "statefulsets", "StatefulSet", true, ["sts"], status: true, scale: true),
        Type("batch", "v1", "cronjobs", "CronJob", true, ["cj"], status: true),
        Type("batch", "v1", "jobs", "Job", true, [], status: true),
        Type("autoscaling", "v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler", true, ["hpa"], status: true),
    ];

    private static IEnumerable<ResourceType> Policy() =>
    [
        Type("policy", "v1", "poddisruptionbudgets", "PodDisruptionBudget", true, ["pdb"], status: true),
        Type("discovery.k8s.io", "v1", "endpointslices", "EndpointSlice", true, []),
        Type("coordination.k8s.io", "v1", "leases", "Lease", true, []),
        Type("rbac.authorization.k8s.io", "v1", "clusterrolebindings", "ClusterRoleBinding", false, []),
        Type("rbac.authorization.k8s.io", "v1", "clusterroles", "ClusterRole", false, []),
        Type("rbac.authorization.k8s.io", "v1", "rolebindings", "RoleBinding", true, []),
        Type("rbac.authorization.k8s.io", "v1", "roles", "Role", true, []),
        Type("apiextensions.k8s.io", "v1", "customresourcedefinitions", "CustomResourceDefinition", false, ["crd", "crds"], status: true),
    ];

    private static IEnumerable<ResourceType> Reviews() =>
    [
        Type("authentication.k8s.io", "v1", "selfsubjectreviews", "SelfSubjectReview", false, []),
        Type("authentication.k8s.io", "v1", "tokenreviews", "TokenReview", false, []),
        Type("authorization.k8s.io", "v1", "selfsubjectaccessreviews", "SelfSubjectAccessReview", false, []),
        Type("authorization.k8s.io", "v1", "selfsubjectrulesreviews", "SelfSubjectRulesReview", false, []),
    ];

    private static IEnumerable<ResourceType> Mesh(string version) =>
    [
        Type("networking.istio.io", version, "destinationrules", "DestinationRule", true, ["dr"], status: true),
        Type("networking.istio.io", version, "gateways", "Gateway", true, ["gw"], status: true),
        Type("networking.istio.io", version, "virtualservices", "VirtualService", true, ["vs"], status: true),
    ];

    private static ResourceType Type(
        string group, string version, string plural, string kind, bool namespaced, string[] shortNames,
        bool status = false, bool scale = false, string? singular = null) =>
        new(group, version, plural, singular ?? kind.ToLowerInvariant(), kind, namespaced, shortNames, status, scale);
}
