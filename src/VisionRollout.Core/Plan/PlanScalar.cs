namespace VisionRollout.Core.Plan;

/// <summary>A value: string, long, double, bool or null.</summary>
public sealed record PlanScalar(int Line, int Column, object? Value) : PlanNode(Line, Column);
