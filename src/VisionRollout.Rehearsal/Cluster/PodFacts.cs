using System.Text.Json.Nodes;

namespace VisionRollout.Rehearsal.Cluster;

/// <summary>What controllers ask about a pod.</summary>
internal static class PodFacts
{
    /// <summary>Whether the pod's Ready condition is True and it is not being deleted.</summary>
    public static bool IsReady(JsonObject pod) => !pod.IsDeleting() && pod.HasCondition("Ready");

    /// <summary>Whether the pod counts towards its owner's replicas.</summary>
    public static bool IsActive(JsonObject pod) =>
        !pod.IsDeleting() && pod.Text("status", "phase") is not ("Succeeded" or "Failed");

    /// <summary>When a ready pod counts as available: <paramref name="minReadySeconds"/> after it became ready; null when it is not ready.</summary>
    public static DateTimeOffset? AvailableFrom(JsonObject pod, int minReadySeconds) =>
        IsReady(pod) ? pod.Condition("Ready").Time("lastTransitionTime")?.AddSeconds(minReadySeconds) : null;

    /// <summary>The port on which a pod really listens for a container port.</summary>
    public static int ActualPort(JsonObject pod, int containerPort) =>
        int.TryParse(pod.Text("metadata", "annotations", PodStart.PortAnnotation), out var port) ? port : containerPort;

    /// <summary>The container port that a service's targetPort (number or name) stands for; null when the pod has no port of that name.</summary>
    public static int? TargetPort(JsonObject pod, JsonNode? targetPort, int servicePort)
    {
        if (targetPort is null)
            return servicePort;
        if (targetPort.GetValueKind() == System.Text.Json.JsonValueKind.Number)
            return targetPort.GetValue<int>();
        return pod.Items("spec", "containers").SelectMany(container => container.Items("ports"))
            .FirstOrDefault(port => port.Text("name") == targetPort.ToString()).Int("containerPort");
    }

    /// <summary>The container that a command or a log without a container's name means: the annotated default, else the first.</summary>
    public static string DefaultContainer(JsonObject pod) =>
        pod.Text("metadata", "annotations", "kubectl.kubernetes.io/default-container")
        ?? pod.Items("spec", "containers").FirstOrDefault().Text("name") ?? "";

    /// <summary>Begins the graceful end of a pod: marks it; the node stops it and then removes it.</summary>
    public static void BeginDeletion(ObjectStore store, ObjectKey key, DateTimeOffset now, int graceSeconds) => store.Update(key, pod =>
    {
        if (pod.IsDeleting())
            return null;
        var metadata = pod.Child("metadata");
        metadata["deletionTimestamp"] = ObjectStore.Timestamp(now.AddSeconds(graceSeconds));
        metadata["deletionGracePeriodSeconds"] = graceSeconds;
        return pod;
    });
}
