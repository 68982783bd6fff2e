namespace VisionRollout.Rehearsal.Exec;

/// <summary>A command that was run inside a pod.</summary>
/// <param name="At">When it began, in cluster time.</param>
/// <param name="Pod">The pod.</param>
/// <param name="Command">The program and its arguments.</param>
/// <param name="ExitCode">How it ended.</param>
internal sealed record ExecRecord(DateTimeOffset At, string Pod, IReadOnlyList<string> Command, int ExitCode);
