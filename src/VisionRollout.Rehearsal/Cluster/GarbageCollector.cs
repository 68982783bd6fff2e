using System.Text.Json.Nodes;

namespace VisionRollout.Rehearsal.Cluster;

/// <summary>Removes what belonged to a deleted owner (<c>ownerReferences</c>), and everything in a deleted namespace.</summary>
internal sealed class GarbageCollector(ObjectStore store, IClusterClock clock) : IController
{
    /// <inheritdoc/>
    public IEnumerable<ObjectKey> Affected(StoreChange change)
    {
        if (change.Kind != StoreChangeKind.Deleted)
            return [];
        if (change.Key is { Group: "", Plural: "namespaces" })
            return store.Find((key, _) => key.Namespace == change.Key.Name);
        var uid = change.Object.Uid();
        return store.Find((_, value) => value.Items("metadata", "ownerReferences").Any(owner => owner.Text("uid") == uid));
    }

    /// <inheritdoc/>
    public Task ReconcileAsync(ObjectKey key, CancellationToken token)
    {
        if (store.Get(key) is { } value && IsOrphan(key, value))
        {
            if (key is { Group: "", Plural: "pods" })
                PodFacts.BeginDeletion(store, key, clock.Now, value.Int("spec", "terminationGracePeriodSeconds") ?? 30);
            else
                store.Delete(key);
        }

        return Task.CompletedTask;
    }

    private bool IsOrphan(ObjectKey key, JsonObject value)
    {
        if (key.Namespace is { } ns && store.Get(new ObjectKey("", "namespaces", null, ns)) is null)
            return true;
        HashSet<string> owners = [.. value.Items("metadata", "ownerReferences").Select(owner => owner.Text("uid") ?? "")];
        return owners.Count > 0 && store.Find((_, candidate) => owners.Contains(candidate.Uid())).Count == 0;
    }
}
