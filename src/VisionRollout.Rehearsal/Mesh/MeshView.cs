using VisionRollout.Rehearsal.Cluster;
using VisionRollout.Rehearsal.Scenario;

namespace VisionRollout.Rehearsal.Mesh;

/// <summary>Keeps the mesh's knowledge of services and pods up to date with the object store. Safe for use by many threads.</summary>
internal sealed class MeshView
{
    private static readonly HashSet<string> Watched = ["pods", "endpoints", "configmaps", "destinationrules"];

    private readonly ObjectStore store;
    private readonly RehearsalScenario scenario;
    private readonly Lock gate = new();
    private MeshState? current;
    private long changes;

    /// <summary>Starts to follow the store.</summary>
    public MeshView(ObjectStore store, RehearsalScenario scenario)
    {
        this.store = store;
        this.scenario = scenario;
        store.Changed += OnChanged;
    }

    /// <summary>The state as the store has it now.</summary>
    public MeshState Current
    {
        get
        {
            long seen;
            lock (gate)
            {
                if (current is not null)
                    return current;
                seen = changes;
            }

            var read = MeshState.Read(store, scenario);
            lock (gate)
            {
                if (seen == changes)
                    current = read;
                return read;
            }
        }
    }

    private void OnChanged(StoreChange change)
    {
        if (!Watched.Contains(change.Key.Plural))
            return;
        lock (gate)
        {
            changes++;
            current = null;
        }
    }
}
