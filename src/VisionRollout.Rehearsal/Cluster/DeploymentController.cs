using System.Globalization;
using System.Text.Json.Nodes;

namespace VisionRollout.Rehearsal.Cluster;

/// <summary>
/// Brings Deployments from one pod template to the next: one ReplicaSet for each template, scaled against each
/// other within maxSurge and maxUnavailable (the algorithm of Kubernetes' own deployment controller, rolling.go).
/// </summary>
internal sealed class DeploymentController(ObjectStore store, EventRecorder events, IClusterClock clock, ControllerQueue queue) : IController
{
    private const string Component = "deployment-controller";
    private const string Revision = "deployment.kubernetes.io/revision";
    private const string HashLabel = "pod-template-hash";

    private readonly Dictionary<ObjectKey, DateTimeOffset> deadlines = [];

    /// <inheritdoc/>
    public IEnumerable<ObjectKey> Affected(StoreChange change) => change.Key switch
    {
        { Group: "apps", Plural: "deployments" } => [change.Key],
        { Group: "apps", Plural: "replicasets" } => change.Object.Items("metadata", "ownerReferences")
            .Where(owner => owner.IsTrue("controller") && owner.Text("kind") == "Deployment")
            .Select(owner => new ObjectKey("apps", "deployments", change.Key.Namespace, owner.Text("name")!)),
        _ => [],
    };

    /// <inheritdoc/>
    public Task ReconcileAsync(ObjectKey key, CancellationToken token)
    {
        if (store.Get(key) is not { } deployment || deployment.IsDeleting())
            return Task.CompletedTask;
        var hash = TemplateHash(deployment);
        var sets = Sets(deployment);
        var current = sets.Find(set => set.Labels().GetValueOrDefault(HashLabel) == hash);
        var old = sets.Where(set => set != current).OrderBy(RevisionOf).ToList();
        if (deployment.IsTrue("spec", "paused"))
            ScaleInProportion(deployment, sets);
        else
            Roll(deployment, hash, ref current, old);
        WriteStatus(key, hash);
        return Task.CompletedTask;
    }

    private static string TemplateHash(JsonObject deployment) => StableHash.Of(deployment.At("spec", "template"));

    private static long RevisionOf(JsonObject value) =>
        long.TryParse(value.Text("metadata", "annotations", Revision), CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static int Wanted(JsonObject set) => set.Int("spec", "replicas") ?? 1;

    private static int Available(JsonObject set) => set.Int("status", "availableReplicas") ?? 0;

    private List<JsonObject> Sets(JsonObject deployment)
    {
        var uid = deployment.Uid();
        return [.. store.List("apps", "replicasets", deployment.Namespace()).Where(set => set.ControllerUid() == uid)];
    }

    private void Roll(JsonObject deployment, string hash, ref JsonObject? current, List<JsonObject> old)
    {
        var scale = DeploymentScale.Of(deployment);
        var recreate = deployment.Text("spec", "strategy", "type") == "Recreate";
        if (recreate && old.Any(set => Wanted(set) > 0 || set.Int("status", "replicas") > 0))
        {
            old.ForEach(set => Scale(deployment, set, 0));
            return;
        }

        current ??= CreateSet(deployment, hash, old);
        StampRevision(deployment, current, old);
        if (Wanted(current) > scale.Desired)
            current = Scale(deployment, current, scale.Desired);
        else if (Wanted(current) < scale.Desired)
            current = Scale(deployment, current, Grown(scale, current, old, recreate));
        ScaleDown(deployment, scale, current, old);
        Forget(deployment, current, old);
    }

    private static int Grown(DeploymentScale scale, JsonObject current, List<JsonObject> old, bool recreate)
    {
        if (recreate)
            return scale.Desired;
        var room = scale.Desired + scale.MaxSurge - Wanted(current) - old.Sum(Wanted);
        return Wanted(current) + Math.Clamp(room, 0, scale.Desired - Wanted(current));
    }

    private JsonObject CreateSet(JsonObject deployment, string hash, List<JsonObject> old)
    {
        var template = (JsonObject)deployment.At("spec", "template")!.DeepClone();
        template.Child("metadata").Child("labels")[HashLabel] = hash;
        var selector = (JsonObject)deployment.At("spec", "selector")!.DeepClone();
        selector.Child("matchLabels")[HashLabel] = hash;
        var name = $"{deployment.Name()}-{hash}";
        var set = store.Create(new ObjectKey("apps", "replicasets", deployment.Namespace(), name), new JsonObject
        {
            ["apiVersion"] = "apps/v1",
            ["kind"] = "ReplicaSet",
            ["metadata"] = new JsonObject
            {
                ["labels"] = template.At("metadata", "labels")!.DeepClone(),
                ["annotations"] = new JsonObject { [Revision] = (old.Select(RevisionOf).DefaultIfEmpty(0).Max() + 1).ToString(CultureInfo.InvariantCulture) },
                ["ownerReferences"] = new JsonArray(deployment.OwnerReference()),
            },
            ["spec"] = new JsonObject
            {
                ["replicas"] = 0,
                ["selector"] = selector,
                ["template"] = template,
                ["minReadySeconds"] = deployment.Int("spec", "minReadySeconds") ?? 0,
            },
            ["status"] = new JsonObject { ["replicas"] = 0 },
        });
        Progress(deployment, "NewReplicaSetCreated", $"Created new replica set \"{name}\"");
        return set;
    }

    /// <summary>The current set has the highest revision; one that becomes current again (a rollback) gets a new one.</summary>
    private void StampRevision(JsonObject deployment, JsonObject current, List<JsonObject> old)
    {
        var highest = old.Select(RevisionOf).DefaultIfEmpty(0).Max();
        var revision = Math.Max(RevisionOf(current), highest + 1).ToString(CultureInfo.InvariantCulture);
        if (RevisionOf(current) <= highest)
            Progress(deployment, "FoundNewReplicaSet", $"Found new replica set \"{current.Name()}\"");
        var cause = deployment.Text("metadata", "annotations", "kubernetes.io/change-cause");
        store.Update(KeyOf(current), set => Annotate(set, revision, cause));
        store.Update(KeyOf(deployment), value => Annotate(value, revision, null));
    }

    private static JsonObject Annotate(JsonObject value, string revision, string? cause)
    {
        var annotations = value.Child("metadata").Child("annotations");
        annotations[Revision] = revision;
        if (cause is not null)
            annotations["kubernetes.io/change-cause"] = cause;
        return value;
    }

    private void ScaleDown(JsonObject deployment, DeploymentScale scale, JsonObject current, List<JsonObject> old)
    {
        var all = Wanted(current) + old.Sum(Wanted);
        var minimum = scale.Desired - scale.MaxUnavailable;
        var unavailableNew = Math.Max(0, Wanted(current) - Available(current));
        var budget = all - minimum - unavailableNew;
        for (var i = 0; i < old.Count && budget > 0; i++)
        {
            var unhealthy = Math.Min(budget, Math.Max(0, Wanted(old[i]) - Available(old[i])));
            if (unhealthy == 0)
                continue;
            budget -= unhealthy;
            old[i] = Scale(deployment, old[i], Wanted(old[i]) - unhealthy);
        }

        var spare = Available(current) + old.Sum(set => Math.Min(Available(set), Wanted(set))) - minimum;
        for (var i = 0; i < old.Count && spare > 0 && budget > 0; i++)
        {
            var down = Math.Min(Wanted(old[i]), Math.Min(spare, budget));
            if (down == 0)
                continue;
            spare -= down;
            budget -= down;
            old[i] = Scale(deployment, old[i], Wanted(old[i]) - down);
        }
    }

    private void ScaleInProportion(JsonObject deployment, List<JsonObject> sets)
    {
        // A paused Deployment keeps its templates; a change of replicas goes to its newest set.
        if (sets.MaxBy(RevisionOf) is { } newest)
            Scale(deployment, newest, Math.Max(0, DeploymentScale.Of(deployment).Desired - sets.Where(set => set != newest).Sum(Wanted)));
    }

    private JsonObject Scale(JsonObject deployment, JsonObject set, int replicas)
    {
        var from = Wanted(set);
        if (from == replicas)
            return set;
        var scaled = store.Update(KeyOf(set), value =>
        {
            value.Child("spec")["replicas"] = replicas;
            return value;
        })!;
        var direction = replicas > from ? "up" : "down";
        events.Normal(deployment, Component, "ScalingReplicaSet", $"Scaled {direction} replica set {set.Name()} from {from} to {replicas}");
        return scaled;
    }

    private void Forget(JsonObject deployment, JsonObject current, List<JsonObject> old)
    {
        var complete = Available(current) >= DeploymentScale.Of(deployment).Desired;
        var idle = old.Where(set => Wanted(set) == 0 && (set.Int("status", "replicas") ?? 0) == 0).ToList();
        var excess = idle.Count - (deployment.Int("spec", "revisionHistoryLimit") ?? 10);
        foreach (var set in complete ? idle.Take(Math.Max(0, excess)) : [])
            store.Delete(KeyOf(set));
    }

    private static ObjectKey KeyOf(JsonObject value) =>
        new("apps", value.Text("kind") == "Deployment" ? "deployments" : "replicasets", value.Namespace(), value.Name());

    private void WriteStatus(ObjectKey key, string hash)
    {
        var now = clock.Now;
        DateTimeOffset? deadline = null;
        store.Update(key, deployment =>
        {
            var sets = Sets(deployment);
            var status = new DeploymentStatus(deployment, sets.Find(set => set.Labels().GetValueOrDefault(HashLabel) == hash), sets, now);
            deployment["status"] = status.Write();
            deadline = status.Deadline;
            return deployment;
        });
        if (deadline is { } at)
            Revisit(key, at);
    }

    private void Progress(JsonObject deployment, string reason, string message) => store.Update(KeyOf(deployment), value =>
    {
        DeploymentStatus.SetProgress(value.Child("status"), "True", reason, message, clock.Now);
        return value;
    });

    private void Revisit(ObjectKey key, DateTimeOffset at)
    {
        if (deadlines.TryGetValue(key, out var known) && known == at)
            return;
        deadlines[key] = at;
        clock.Schedule(at, () =>
        {
            queue.Revisit(key, this);
            return queue.SettleAsync();
        });
    }
}
