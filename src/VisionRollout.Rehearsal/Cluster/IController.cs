namespace VisionRollout.Rehearsal.Cluster;

/// <summary>Brings one kind of object to what its spec asks for. Called by the <see cref="ControllerLoop"/> only, one call at a time.</summary>
internal interface IController
{
    /// <summary>The objects of this controller's kind that a change may concern.</summary>
    IEnumerable<ObjectKey> Affected(StoreChange change);

    /// <summary>Looks at an object (which may be gone) and takes what steps there are to take now.</summary>
    Task ReconcileAsync(ObjectKey key, CancellationToken token);
}
