namespace VisionRollout.Core.Plan;

/// <summary>Something that is no data (a command, a variable …). The reader of the file format has reported it; the plan reader passes over it.</summary>
public sealed record PlanUnreadable(int Line, int Column) : PlanNode(Line, Column);
