using System.Text.Json.Nodes;

namespace VisionRollout.Rehearsal.Cluster;

/// <summary>The status of a Deployment, computed from its ReplicaSets.</summary>
internal sealed class DeploymentStatus(JsonObject deployment, JsonObject? current, List<JsonObject> sets, DateTimeOffset now)
{
    private readonly int desired = deployment.Int("spec", "replicas") ?? 1;
    private readonly int total = sets.Sum(set => set.Int("status", "replicas") ?? 0);
    private readonly int updated = current.Int("status", "replicas") ?? 0;
    private readonly int ready = sets.Sum(set => set.Int("status", "readyReplicas") ?? 0);
    private readonly int available = sets.Sum(set => set.Int("status", "availableReplicas") ?? 0);

    /// <summary>When the present progress turns into ProgressDeadlineExceeded if nothing happens; null when nothing is in progress.</summary>
    public DateTimeOffset? Deadline { get; private set; }

    private bool IsComplete => updated == desired && total == desired && available == desired
        && (current is not null || desired == 0);

    /// <summary>The new status object.</summary>
    public JsonObject Write()
    {
        var status = new JsonObject { ["observedGeneration"] = deployment.Int("metadata", "generation") };
        Count(status, "replicas", total);
        Count(status, "updatedReplicas", updated);
        Count(status, "readyReplicas", ready);
        Count(status, "availableReplicas", available);
        Count(status, "unavailableReplicas", Math.Max(0, Math.Max(total, desired) - available));
        status["conditions"] = deployment.At("status", "conditions")?.DeepClone() ?? new JsonArray();
        SetAvailable(status);
        SetFailure(status);
        SetProgress(status);
        return status;
    }

    /// <summary>Sets the Progressing condition; lastUpdateTime moves when its status, reason or message does.</summary>
    public static void SetProgress(JsonObject status, string value, string reason, string message, DateTimeOffset now)
    {
        var before = status.Items("conditions").FirstOrDefault(condition => condition.Text("type") == "Progressing");
        var same = before is not null && before.Text("status") == value && before.Text("reason") == reason && before.Text("message") == message;
        status.SetCondition(Condition("Progressing", value, reason, message, same ? before!.Text("lastUpdateTime")! : ObjectStore.Timestamp(now)), now);
    }

    private void SetAvailable(JsonObject status)
    {
        var enough = available >= desired - DeploymentScale.Of(deployment).MaxUnavailable;
        var before = deployment.Condition("Available");
        var value = enough ? "True" : "False";
        var at = before.Text("status") == value ? before.Text("lastUpdateTime")! : ObjectStore.Timestamp(now);
        status.SetCondition(
            enough
                ? Condition("Available", value, "MinimumReplicasAvailable", "Deployment has minimum availability.", at)
                : Condition("Available", value, "MinimumReplicasUnavailable", "Deployment does not have minimum availability.", at),
            now);
    }

    private void SetFailure(JsonObject status)
    {
        var conditions = (JsonArray)status["conditions"]!;
        if (sets.Select(set => set.Condition("ReplicaFailure")).FirstOrDefault(condition => condition is not null) is { } failure)
            status.SetCondition(Condition("ReplicaFailure", "True", failure.Text("reason")!, failure.Text("message")!, ObjectStore.Timestamp(now)), now);
        else
            conditions.RemoveAll(condition => condition.Text("type") == "ReplicaFailure");
    }

    private void SetProgress(JsonObject status)
    {
        var before = deployment.Condition("Progressing");
        var name = current?.Name() ?? "";
        if (deployment.IsTrue("spec", "paused"))
        {
            SetProgress(status, "Unknown", "DeploymentPaused", "Deployment is paused", now);
        }
        else if (IsComplete)
        {
            SetProgress(status, "True", "NewReplicaSetAvailable", $"ReplicaSet \"{name}\" has successfully progressed.", now);
        }
        else if (before.Text("reason") == "NewReplicaSetAvailable" && total == updated)
        {
            // The rollout was complete; a pod that fails later, or a change of scale, doesn't reopen it.
            return;
        }
        else if (HasProgressed() || before is null)
        {
            var updatedNow = Condition("Progressing", "True", "ReplicaSetUpdated", $"ReplicaSet \"{name}\" is progressing.", ObjectStore.Timestamp(now));
            status.SetCondition(updatedNow, now);
            Deadline = DeadlineAfter(now);
        }
        else if (before.Text("reason") != "ProgressDeadlineExceeded")
        {
            SetOverdue(status, before, name);
        }
    }

    private void SetOverdue(JsonObject status, JsonObject before, string name)
    {
        var since = before.Time("lastUpdateTime") ?? now;
        if (DeadlineAfter(since) is { } deadline && deadline <= now)
            SetProgress(status, "False", "ProgressDeadlineExceeded", $"ReplicaSet \"{name}\" has timed out progressing.", now);
        else
            Deadline = DeadlineAfter(since);
    }

    /// <summary>As Kubernetes' DeploymentProgressing: more updated, ready or available pods, or fewer old ones, or a new generation.</summary>
    private bool HasProgressed()
    {
        var old = deployment.At("status");
        var oldUpdated = old.Int("updatedReplicas") ?? 0;
        return updated > oldUpdated || total - updated < (old.Int("replicas") ?? 0) - oldUpdated
            || ready > (old.Int("readyReplicas") ?? 0) || available > (old.Int("availableReplicas") ?? 0)
            || (old.Int("observedGeneration") ?? 0) < deployment.Int("metadata", "generation");
    }

    private DateTimeOffset? DeadlineAfter(DateTimeOffset at) => at.AddSeconds(deployment.Int("spec", "progressDeadlineSeconds") ?? 600);

    private static void Count(JsonObject status, string field, int count)
    {
        if (count > 0)
            status[field] = count;
    }

    private static JsonObject Condition(string type, string value, string reason, string message, string updated) => new()
    {
        ["type"] = type,
        ["status"] = value,
        ["lastUpdateTime"] = updated,
        ["reason"] = reason,
        ["message"] = message,
    };
}
