namespace VisionRollout.Core.Workloads;

/// <summary>End of a command that ran in a pod.</summary>
/// <param name="Pod">Pod it ran in.</param>
/// <param name="ExitCode">Exit code from the status channel.</param>
/// <param name="LastLines">The last lines of both streams (at most 50), for messages.</param>
public sealed record ExecResult(string Pod, int ExitCode, IReadOnlyList<string> LastLines);
