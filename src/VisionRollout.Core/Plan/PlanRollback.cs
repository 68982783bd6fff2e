namespace VisionRollout.Core.Plan;

/// <summary>The way back.</summary>
/// <param name="Budget">Longest time that a rollback may take.</param>
/// <param name="Retention">How long the old colour is kept.</param>
public sealed record PlanRollback(TimeSpan Budget, TimeSpan Retention);
