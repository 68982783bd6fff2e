namespace VisionRollout.Core.Plan;

/// <summary>A node of a plan file as written, with its place: what a reader of the file format hands to the plan reader.</summary>
public abstract record PlanNode(int Line, int Column);
