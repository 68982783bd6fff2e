namespace VisionRollout.Core.Plan;

/// <summary>What came of reading a plan.</summary>
/// <param name="Plan">The plan; null when there is any mistake.</param>
/// <param name="Problems">Every mistake, in the order of the file.</param>
public sealed record PlanReading(RolloutPlan? Plan, IReadOnlyList<PlanProblem> Problems);
