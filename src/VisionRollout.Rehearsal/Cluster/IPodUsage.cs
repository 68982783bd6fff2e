namespace VisionRollout.Rehearsal.Cluster;

/// <summary>What pods use, as the metrics server (metrics.k8s.io) reports it.</summary>
internal interface IPodUsage
{
    /// <summary>The latest sample of a pod; null when there is none (the API then answers 404, or leaves it out of a list).</summary>
    PodUsage? Read(string ns, string pod);
}
