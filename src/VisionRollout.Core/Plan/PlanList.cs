namespace VisionRollout.Core.Plan;

/// <summary>An array.</summary>
public sealed record PlanList(int Line, int Column, IReadOnlyList<PlanNode> Items) : PlanNode(Line, Column);
