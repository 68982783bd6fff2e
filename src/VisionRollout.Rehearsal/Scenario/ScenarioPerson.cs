namespace VisionRollout.Rehearsal.Scenario;

/// <summary>Somebody with credentials of their own in the cluster.</summary>
/// <param name="User">User name, and name of the context in the kubeconfig.</param>
/// <param name="Groups">Groups beside <c>system:authenticated</c>; members of <c>system:masters</c> may do everything, others only read.</param>
public sealed record ScenarioPerson(string User, IReadOnlyList<string> Groups);
