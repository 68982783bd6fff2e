namespace VisionRollout.Core.Plan;

/// <summary>Where a service's manifests come from: a file, or a command that prints them (a Helm chart, a kustomization). Exactly one of the two.</summary>
/// <param name="File">Path of a YAML file, from the plan's folder on; null when a command prints them.</param>
/// <param name="Command">A program on this machine and its arguments, run in the plan's folder; <c>{Version}</c> and <c>{Colour}</c> stand for those of the deployment. Empty when there is a file.</param>
public sealed record PlanManifests(string? File, IReadOnlyList<string> Command);
