using System.Globalization;
using System.Text.Json.Nodes;

namespace VisionRollout.Rehearsal.Cluster;

/// <summary>Writes the status of a pod as the node's agent does.</summary>
internal static class PodStatus
{
    /// <summary>Set while a pod's containers are to be started (again).</summary>
    public const string RestartAnnotation = "rehearsal.visionrollout.dev/restart";

    /// <summary>The pod's containers run, not ready yet.</summary>
    public static JsonObject Running(JsonObject pod, PodStart start, DateTimeOffset now)
    {
        var status = Begin(pod, now);
        status["phase"] = "Running";
        status["podIP"] = start.Ip;
        status["podIPs"] = new JsonArray(new JsonObject { ["ip"] = start.Ip });
        status["hostIP"] = "127.0.0.1";
        if (start.Port is { } port)
            pod.Child("metadata").Child("annotations")[PodStart.PortAnnotation] = port.ToString(CultureInfo.InvariantCulture);
        var running = new JsonObject { ["running"] = new JsonObject { ["startedAt"] = ObjectStore.Timestamp(now) } };
        status["containerStatuses"] = Containers(pod, running, started: true);
        return Ready(pod, false, "ContainersNotReady", now);
    }

    /// <summary>The pod's containers wait.</summary>
    public static JsonObject Waiting(JsonObject pod, string reason, string message, DateTimeOffset now)
    {
        var status = Begin(pod, now);
        var crashed = reason == "CrashLoopBackOff";
        status["phase"] = crashed ? "Running" : "Pending";
        var state = new JsonObject { ["waiting"] = new JsonObject { ["reason"] = reason, ["message"] = message } };
        var containers = Containers(pod, state, started: false);
        foreach (var container in containers.OfType<JsonObject>())
        {
            container["restartCount"] = (container.Int("restartCount") ?? 0) + (crashed ? 1 : 0);
            if (crashed && container["lastState"] is JsonObject { Count: 0 })
                container["lastState"] = Terminated(1, now);
        }

        status["containerStatuses"] = containers;
        return Ready(pod, false, "ContainersNotReady", now);
    }

    /// <summary>The running container has ended.</summary>
    public static JsonObject Crashed(JsonObject pod, int exitCode, string message, DateTimeOffset now)
    {
        Waiting(pod, "CrashLoopBackOff", message, now);
        foreach (var container in pod.Items("status", "containerStatuses"))
            container["lastState"] = Terminated(exitCode, now);
        return pod;
    }

    /// <summary>The pod is ready, or no longer.</summary>
    public static JsonObject Ready(JsonObject pod, bool ready, string? reason, DateTimeOffset now)
    {
        var message = ready ? null
            : $"containers with unready status: [{string.Join(' ', pod.Items("spec", "containers").Select(container => container.Text("name")))}]";
        SetCondition(pod, "Initialized", true, null, null, now);
        SetCondition(pod, "Ready", ready, reason, message, now);
        SetCondition(pod, "ContainersReady", ready, reason, message, now);
        foreach (var container in pod.Items("status", "containerStatuses"))
            container["ready"] = ready;
        return pod;
    }

    /// <summary>Sets a condition of the pod.</summary>
    public static void SetCondition(JsonObject pod, string type, bool holds, string? reason, string? message, DateTimeOffset now)
    {
        var condition = new JsonObject { ["type"] = type, ["status"] = holds ? "True" : "False", ["lastProbeTime"] = null };
        if (reason is not null)
            condition["reason"] = reason;
        if (message is not null)
            condition["message"] = message;
        pod.Child("status").SetCondition(condition, now);
    }

    /// <summary>Why the first waiting container waits, or null when none does.</summary>
    public static string? WaitingReason(JsonObject pod) =>
        pod.Items("status", "containerStatuses").Select(container => container.Text("state", "waiting", "reason")).FirstOrDefault(reason => reason is not null);

    /// <summary>Tells one wait of a pod from the next.</summary>
    public static string WaitingMark(JsonObject pod) =>
        pod.Text("metadata", "annotations", AttemptAnnotation) + "/" + pod.Items("status", "containerStatuses").FirstOrDefault().Int("restartCount");

    /// <summary>Whether the containers still are the ones that were started then, and not ready yet.</summary>
    public static bool IsSameStart(JsonObject pod, JsonObject startedPod) =>
        JsonNode.DeepEquals(pod.At("status", "containerStatuses"), startedPod.At("status", "containerStatuses"));

    /// <summary>Asks for the containers to be started again.</summary>
    public static JsonObject AskRestart(JsonObject pod)
    {
        var annotations = pod.Child("metadata").Child("annotations");
        annotations[RestartAnnotation] = "true";
        annotations[AttemptAnnotation] = ((int.TryParse(annotations.Text(AttemptAnnotation), CultureInfo.InvariantCulture, out var attempt) ? attempt : 0) + 1)
            .ToString(CultureInfo.InvariantCulture);
        return pod;
    }

    private const string AttemptAnnotation = "rehearsal.visionrollout.dev/attempt";

    private static JsonObject Begin(JsonObject pod, DateTimeOffset now)
    {
        (pod.At("metadata", "annotations") as JsonObject)?.Remove(RestartAnnotation);
        var status = pod.Child("status");
        status["startTime"] ??= ObjectStore.Timestamp(now);
        status["qosClass"] ??= "Burstable";
        return status;
    }

    private static JsonArray Containers(JsonObject pod, JsonObject state, bool started)
    {
        var before = pod.Items("status", "containerStatuses").ToDictionary(container => container.Text("name") ?? "");
        return
        [
            .. pod.Items("spec", "containers").Select(container =>
            {
                before.TryGetValue(container.Text("name") ?? "", out var known);
                return (JsonNode)new JsonObject
                {
                    ["name"] = container.Text("name"),
                    ["image"] = container.Text("image"),
                    ["imageID"] = "",
                    ["containerID"] = started ? $"containerd://{pod.Uid()}" : "",
                    ["ready"] = false,
                    ["started"] = started,
                    ["restartCount"] = known.Int("restartCount") ?? 0,
                    ["state"] = state.DeepClone(),
                    ["lastState"] = known?["lastState"]?.DeepClone() ?? new JsonObject(),
                };
            }),
        ];
    }

    private static JsonObject Terminated(int exitCode, DateTimeOffset now) => new()
    {
        ["terminated"] = new JsonObject
        {
            ["exitCode"] = exitCode,
            ["reason"] = exitCode == 137 ? "OOMKilled" : "Error",
            ["finishedAt"] = ObjectStore.Timestamp(now),
            ["startedAt"] = ObjectStore.Timestamp(now),
        },
    };
}
