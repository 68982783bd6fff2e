namespace VisionRollout.Core.Workloads;

/// <summary>Something that a rollout does in the environment's namespace and that a Role must allow.</summary>
/// <param name="Group">API group; empty for the core group.</param>
/// <param name="Resource">Plural resource name, with a subresource as in <c>deployments/scale</c>.</param>
/// <param name="Verb">Kubernetes verb.</param>
/// <param name="Purpose">What for, for people.</param>
public sealed record ClusterRight(string Group, string Resource, string Verb, string Purpose);
