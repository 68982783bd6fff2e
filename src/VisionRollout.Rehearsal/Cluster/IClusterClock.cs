namespace VisionRollout.Rehearsal.Cluster;

/// <summary>The cluster's virtual time.</summary>
internal interface IClusterClock
{
    /// <summary>The present time in the cluster.</summary>
    DateTimeOffset Now { get; }

    /// <summary>Runs an action when the time has come; actions run one after the other in the order of their times, also while time is advanced.</summary>
    void Schedule(DateTimeOffset at, Func<Task> action);
}
