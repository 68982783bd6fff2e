using System.Text.Json.Nodes;

namespace VisionRollout.Rehearsal.Cluster;

/// <summary>Keeps as many pods as each ReplicaSet asks for, and counts them in its status.</summary>
internal sealed class ReplicaSetController(ObjectStore store, EventRecorder events, IClusterClock clock, ControllerQueue queue) : IController
{
    private const string Component = "replicaset-controller";

    /// <inheritdoc/>
    public IEnumerable<ObjectKey> Affected(StoreChange change) => change.Key switch
    {
        { Group: "apps", Plural: "replicasets" } => [change.Key],
        { Group: "", Plural: "resourcequotas" } => Short(change.Key.Namespace),
        { Group: "", Plural: "pods" } when change.Kind == StoreChangeKind.Deleted => [.. Owner(change), .. Short(change.Key.Namespace)],
        { Group: "", Plural: "pods" } => Owner(change),
        _ => [],
    };

    /// <inheritdoc/>
    public Task ReconcileAsync(ObjectKey key, CancellationToken token)
    {
        if (store.Get(key) is not { } set || set.IsDeleting())
            return Task.CompletedTask;
        var pods = Pods(set);
        var missing = (set.Int("spec", "replicas") ?? 1) - pods.Count;
        var refusal = missing > 0 ? Create(set, missing) : null;
        if (missing < 0)
            Remove(set, pods, -missing);
        WriteStatus(key, refusal);
        return Task.CompletedTask;
    }

    private static IEnumerable<ObjectKey> Owner(StoreChange change) =>
        change.Object.Items("metadata", "ownerReferences")
            .Where(owner => owner.IsTrue("controller") && owner.Text("kind") == "ReplicaSet")
            .Select(owner => new ObjectKey("apps", "replicasets", change.Key.Namespace, owner.Text("name")!));

    private IEnumerable<ObjectKey> Short(string? ns) => store.Find((key, set) => key is { Group: "apps", Plural: "replicasets" }
        && key.Namespace == ns && set.Int("spec", "replicas") > (set.Int("status", "replicas") ?? 0));

    private List<JsonObject> Pods(JsonObject set)
    {
        var uid = set.Uid();
        return [.. store.List("", "pods", set.Namespace()).Where(pod => pod.ControllerUid() == uid && PodFacts.IsActive(pod))];
    }

    private ApiException? Create(JsonObject set, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var pod = PodOf(set);
            if (PodQuota.Exceeded(store, set.Namespace(), $"{set.Name()}-") is { } refusal)
            {
                events.Warning(set, Component, "FailedCreate", $"Error creating: {refusal.Message}");
                return refusal;
            }

            store.Create(new ObjectKey("", "pods", set.Namespace(), pod.Name()), pod);
            events.Normal(set, Component, "SuccessfulCreate", $"Created pod: {pod.Name()}");
        }

        return null;
    }

    private static JsonObject PodOf(JsonObject set)
    {
        var template = set.At("spec", "template");
        var metadata = (JsonObject?)template.At("metadata")?.DeepClone() ?? [];
        metadata.Remove("creationTimestamp");
        metadata["name"] = $"{set.Name()}-{StableHash.RandomSuffix()}";
        metadata["generateName"] = $"{set.Name()}-";
        metadata["ownerReferences"] = new JsonArray(set.OwnerReference());
        return new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Pod",
            ["metadata"] = metadata,
            ["spec"] = template.At("spec")?.DeepClone() ?? new JsonObject(),
            ["status"] = new JsonObject { ["phase"] = "Pending", ["qosClass"] = "Burstable" },
        };
    }

    /// <summary>Takes away pods that serve nobody first, then the youngest (as ReplicaSets do).</summary>
    private void Remove(JsonObject set, List<JsonObject> pods, int count)
    {
        var victims = pods
            .OrderBy(PodFacts.IsReady)
            .ThenByDescending(pod => pod.Time("metadata", "creationTimestamp"))
            .ThenBy(pod => pod.Name(), StringComparer.Ordinal)
            .Take(count);
        foreach (var pod in victims)
        {
            var key = new ObjectKey("", "pods", pod.Namespace(), pod.Name());
            PodFacts.BeginDeletion(store, key, clock.Now, pod.Int("spec", "terminationGracePeriodSeconds") ?? 30);
            events.Normal(set, Component, "SuccessfulDelete", $"Deleted pod: {pod.Name()}");
        }
    }

    private void WriteStatus(ObjectKey key, ApiException? refusal)
    {
        var now = clock.Now;
        DateTimeOffset[] later = [];
        store.Update(key, set =>
        {
            var pods = Pods(set);
            var minReady = set.Int("spec", "minReadySeconds") ?? 0;
            DateTimeOffset[] availableFrom = [.. pods.Select(pod => PodFacts.AvailableFrom(pod, minReady)).OfType<DateTimeOffset>()];
            later = [.. availableFrom.Where(at => at > now).Distinct()];
            set["status"] = Status(set, pods, availableFrom.Length - later.Length, refusal, now);
            return set;
        });
        foreach (var at in later)
            Revisit(key, at);
    }

    private static JsonObject Status(JsonObject set, List<JsonObject> pods, int available, ApiException? refusal, DateTimeOffset now)
    {
        var status = new JsonObject { ["replicas"] = pods.Count, ["observedGeneration"] = set.Int("metadata", "generation") };
        Count(status, "fullyLabeledReplicas", pods.Count);
        Count(status, "readyReplicas", pods.Count(PodFacts.IsReady));
        Count(status, "availableReplicas", available);
        if (refusal is null)
            return status;
        status["conditions"] = set.At("status", "conditions")?.DeepClone();
        status.SetCondition(
            new JsonObject { ["type"] = "ReplicaFailure", ["status"] = "True", ["reason"] = "FailedCreate", ["message"] = refusal.Message }, now);
        return status;
    }

    private void Revisit(ObjectKey key, DateTimeOffset at) => clock.Schedule(at, () =>
    {
        queue.Revisit(key, this);
        return queue.SettleAsync();
    });

    private static void Count(JsonObject status, string field, int count)
    {
        if (count > 0)
            status[field] = count;
    }
}
