namespace VisionRollout.Rehearsal.KubernetesApi;

/// <summary>
/// The messages that kubectl sends as protobuf (its typed clients: <c>auth</c>, <c>create</c>, evictions), with field numbers from
/// Kubernetes' generated.proto files. Each field: number, name, type; the types are <c>string</c>, <c>bytes</c>, <c>bool</c>,
/// <c>int</c>, <c>nonzero</c> (an int that is absent when zero), <c>map</c> and <c>bytesmap</c> (of text keys), <c>intOrString</c>,
/// or the name of a message; <c>[]</c> marks a list.
/// </summary>
internal static class ProtobufSchema
{
    private const string Metadata = "1 metadata ObjectMeta";

    private static readonly Dictionary<string, string> Source = new(StringComparer.Ordinal)
    {
        ["ObjectMeta"] = "1 name string,2 generateName string,3 namespace string,5 uid string,6 resourceVersion string,11 labels map,12 annotations map,13 ownerReferences OwnerReference[],14 finalizers string[]",
        ["OwnerReference"] = "1 kind string,3 name string,4 uid string,5 apiVersion string,6 controller bool,7 blockOwnerDeletion bool",
        ["SelfSubjectReview"] = Metadata,
        ["TokenReview"] = $"{Metadata},2 spec TokenReviewSpec",
        ["TokenReviewSpec"] = "1 token string,2 audiences string[]",
        ["SelfSubjectAccessReview"] = $"{Metadata},2 spec AccessReviewSpec",
        ["AccessReviewSpec"] = "1 resourceAttributes ResourceAttributes,2 nonResourceAttributes NonResourceAttributes",
        ["ResourceAttributes"] = "1 namespace string,2 verb string,3 group string,4 version string,5 resource string,6 subresource string,7 name string",
        ["NonResourceAttributes"] = "1 path string,2 verb string",
        ["SelfSubjectRulesReview"] = $"{Metadata},2 spec RulesReviewSpec",
        ["RulesReviewSpec"] = "1 namespace string",
        ["Namespace"] = Metadata,
        ["ServiceAccount"] = Metadata,
        ["ConfigMap"] = $"{Metadata},2 data map,3 binaryData bytesmap,4 immutable bool",
        ["Secret"] = $"{Metadata},2 data bytesmap,3 type string,4 stringData map,5 immutable bool",
        ["DeleteOptions"] = "1 gracePeriodSeconds int,2 preconditions Preconditions,3 orphanDependents bool,4 propagationPolicy string,5 dryRun string[]",
        ["Preconditions"] = "1 uid string,2 resourceVersion string",
        ["Eviction"] = $"{Metadata},2 deleteOptions DeleteOptions",
        ["Scale"] = $"{Metadata},2 spec ScaleSpec",
        ["ScaleSpec"] = "1 replicas int",
        ["Service"] = $"{Metadata},2 spec ServiceSpec",
        ["ServiceSpec"] = "1 ports ServicePort[],2 selector map,3 clusterIP string,4 type string,7 sessionAffinity string,10 externalName string",
        ["ServicePort"] = "1 name string,2 protocol string,3 port int,4 targetPort intOrString,5 nodePort nonzero",
        ["Deployment"] = $"{Metadata},2 spec DeploymentSpec",
        ["DeploymentSpec"] = "1 replicas int,2 selector LabelSelector,3 template PodTemplate,4 strategy DeploymentStrategy,5 minReadySeconds nonzero,6 revisionHistoryLimit int,7 paused bool,9 progressDeadlineSeconds int",
        ["DeploymentStrategy"] = "1 type string,2 rollingUpdate RollingUpdate",
        ["RollingUpdate"] = "1 maxUnavailable intOrString,2 maxSurge intOrString",
        ["LabelSelector"] = "1 matchLabels map,2 matchExpressions LabelRequirement[]",
        ["LabelRequirement"] = "1 key string,2 operator string,3 values string[]",
        ["PodDisruptionBudget"] = $"{Metadata},2 spec PodDisruptionBudgetSpec",
        ["PodDisruptionBudgetSpec"] = "1 minAvailable intOrString,2 selector LabelSelector,3 maxUnavailable intOrString",
        ["ResourceQuota"] = $"{Metadata},2 spec ResourceQuotaSpec",
        ["ResourceQuotaSpec"] = "1 hard quantities",
        ["Pod"] = $"{Metadata},2 spec PodSpec",
        ["PodTemplate"] = $"{Metadata},2 spec PodSpec",
        ["PodSpec"] = "2 containers Container[],3 restartPolicy string,4 terminationGracePeriodSeconds int,6 dnsPolicy string,7 nodeSelector map,8 serviceAccountName string,10 nodeName string",
        ["Container"] = "1 name string,2 image string,3 command string[],4 args string[],5 workingDir string,6 ports ContainerPort[],7 env EnvVar[],14 imagePullPolicy string",
        ["ContainerPort"] = "1 name string,2 hostPort nonzero,3 containerPort int,4 protocol string",
        ["EnvVar"] = "1 name string,2 value string",
    };

    private static readonly Dictionary<string, Dictionary<int, ProtobufField>> Messages =
        Source.ToDictionary(pair => pair.Key, pair => pair.Value.Split(',').Select(Field).ToDictionary(field => field.Number), StringComparer.Ordinal);

    /// <summary>The fields of a message by number, or null when the message is not known.</summary>
    public static IReadOnlyDictionary<int, ProtobufField>? Of(string message) => Messages.GetValueOrDefault(message);

    private static ProtobufField Field(string text)
    {
        var parts = text.Split(' ');
        var isList = parts[2].EndsWith("[]", StringComparison.Ordinal);
        return new ProtobufField(int.Parse(parts[0], System.Globalization.CultureInfo.InvariantCulture), parts[1], isList ? parts[2][..^2] : parts[2], isList);
    }
}
