namespace VisionRollout.Core.Plan;

/// <summary>A hashtable: keys in the order as written, with the place of each key.</summary>
public sealed record PlanMap(int Line, int Column, IReadOnlyList<PlanEntry> Entries) : PlanNode(Line, Column);
