namespace VisionRollout.Rehearsal.KubernetesApi;

/// <summary>
/// Which lists are maps or sets in disguise: the merge keys of strategic merge patch and of server-side apply
/// (<c>patchMergeKey</c> and <c>x-kubernetes-list-map-keys</c> in Kubernetes' API types). All other lists are replaced as a whole.
/// </summary>
internal sealed class ListKeys
{
    private readonly bool knowsFields;

    /// <summary>Creates the knowledge for a kind.</summary>
    /// <param name="group">Its API group. Of custom resources only the metadata is known, as they declare no merge keys.</param>
    public ListKeys(string group) => knowsFields = IsBuiltIn(group);

    /// <summary>Whether the group's types are compiled into Kubernetes, so that strategic merge patch is possible.</summary>
    public static bool IsBuiltIn(string group) =>
        group is "" or "apps" or "batch" or "autoscaling" or "policy" or "discovery.k8s.io" or "coordination.k8s.io" or "rbac.authorization.k8s.io";

    /// <summary>The fields that identify an item of the list; empty when the list is no map.</summary>
    /// <param name="parent">The field that holds the list's parent, such as <c>containers</c>.</param>
    /// <param name="field">The list's field, such as <c>ports</c>.</param>
    public IReadOnlyList<string> Of(string parent, string field) => (parent, field) switch
    {
        ("metadata", "ownerReferences") => ["uid"],
        _ when !knowsFields => [],
        (_, "containers" or "initContainers" or "ephemeralContainers" or "env" or "volumes" or "imagePullSecrets") => ["name"],
        ("containers" or "initContainers", "ports") => ["containerPort", "protocol"],
        ("spec", "ports") => ["port", "protocol"],
        (_, "volumeMounts") => ["mountPath"],
        (_, "volumeDevices") => ["devicePath"],
        (_, "hostAliases" or "podIPs") => ["ip"],
        (_, "conditions") => ["type"],
        (_, "topologySpreadConstraints") => ["topologyKey", "whenUnsatisfiable"],
        _ => [],
    };

    /// <summary>Whether the list is a set of plain values.</summary>
    public static bool IsSet(string parent, string field) => parent == "metadata" && field == "finalizers";

    /// <summary>What a missing key field stands for.</summary>
    public static string? Default(string keyField) => keyField == "protocol" ? "TCP" : null;
}
