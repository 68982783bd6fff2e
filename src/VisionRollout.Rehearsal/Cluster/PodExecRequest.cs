namespace VisionRollout.Rehearsal.Cluster;

/// <summary>A command to run inside a container.</summary>
/// <param name="Namespace">The pod's namespace.</param>
/// <param name="Pod">The pod's name.</param>
/// <param name="Container">The container's name (already resolved, never empty).</param>
/// <param name="Command">The program and its arguments.</param>
/// <param name="StdOut">Writes text to the caller's standard output at once.</param>
/// <param name="StdErr">Writes text to the caller's standard error at once.</param>
/// <param name="StdIn">What the caller sends; null when it asked for none.</param>
/// <param name="User">The user name of the caller.</param>
internal sealed record PodExecRequest(
    string Namespace, string Pod, string Container, string[] Command,
    Func<string, Task> StdOut, Func<string, Task> StdErr, Stream? StdIn, string User);
