namespace VisionRollout.Core.Plan;

/// <summary>A check that a version of a service makes on a database.</summary>
/// <param name="Name">Name, e.g. <c>Compatibility</c>.</param>
/// <param name="Command">Command, run in the service's own pod; it passes when it ends with 0.</param>
public sealed record PlanDatabaseCheck(string Name, IReadOnlyList<string> Command);
