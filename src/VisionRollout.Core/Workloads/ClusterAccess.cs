namespace VisionRollout.Core.Workloads;

/// <summary>Whether the caller may do something in the environment's namespace.</summary>
/// <param name="Right">What.</param>
/// <param name="IsAllowed">The API server's answer.</param>
/// <param name="Reason">Why, where the API server says so.</param>
public sealed record ClusterAccess(ClusterRight Right, bool IsAllowed, string Reason);
