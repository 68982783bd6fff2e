using System.Text.Json.Nodes;

namespace VisionRollout.Rehearsal.Cluster;

/// <summary>One committed change. The objects are shared between all listeners: read them, never change them.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Key">To which object.</param>
/// <param name="Object">The object after the change; for a deletion, its last state with the deletion's resourceVersion.</param>
/// <param name="Previous">The object before the change; null when it was created.</param>
/// <param name="Version">The store's resourceVersion of this change.</param>
internal sealed record StoreChange(StoreChangeKind Kind, ObjectKey Key, JsonObject Object, JsonObject? Previous, long Version);
