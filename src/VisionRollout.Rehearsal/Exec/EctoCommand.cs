using VisionRollout.Rehearsal.Postgres;

namespace VisionRollout.Rehearsal.Exec;

/// <summary>One call of mix inside a pod.</summary>
/// <param name="Database">The database of the pod's service.</param>
/// <param name="Words">The task and its options.</param>
/// <param name="Environment">The environment of the call.</param>
/// <param name="StdOut">Writes to standard output.</param>
/// <param name="StdErr">Writes to standard error.</param>
internal sealed record EctoCommand(
    ServiceDatabase Database, IReadOnlyList<string> Words, IReadOnlyDictionary<string, string> Environment,
    Func<string, Task> StdOut, Func<string, Task> StdErr);
