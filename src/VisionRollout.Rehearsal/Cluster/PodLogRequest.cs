namespace VisionRollout.Rehearsal.Cluster;

/// <summary>Which part of a container's log to read (<c>v1.PodLogOptions</c>).</summary>
/// <param name="Namespace">The pod's namespace.</param>
/// <param name="Pod">The pod's name.</param>
/// <param name="Container">The container's name (already resolved).</param>
/// <param name="Follow">Whether to wait for lines to come.</param>
/// <param name="TailLines">Only the last so many lines; null for all.</param>
/// <param name="Since">Only lines from this time on (cluster time); null for all.</param>
/// <param name="Timestamps">Whether each line starts with its RFC 3339 time.</param>
/// <param name="Previous">Whether the log of the previous, ended container is meant.</param>
internal sealed record PodLogRequest(
    string Namespace, string Pod, string Container, bool Follow, int? TailLines, DateTimeOffset? Since, bool Timestamps, bool Previous);
