namespace VisionRollout.Core.Plan;

/// <summary>One criterion of a gate.</summary>
/// <param name="Name">One of <see cref="GateCriteria"/>.</param>
/// <param name="Limit">Limit: a share for ErrorRateDelta, milliseconds for LatencyDelta, seconds for CanaryStable; null where none applies.</param>
public sealed record PlanGateCriterion(string Name, double? Limit);
