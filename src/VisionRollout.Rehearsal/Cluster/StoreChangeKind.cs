namespace VisionRollout.Rehearsal.Cluster;

/// <summary>What happened to an object.</summary>
internal enum StoreChangeKind
{
    /// <summary>It was created.</summary>
    Added,

    /// <summary>It was changed.</summary>
    Modified,

    /// <summary>It was removed.</summary>
    Deleted,
}
