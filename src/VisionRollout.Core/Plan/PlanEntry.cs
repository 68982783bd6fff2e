namespace VisionRollout.Core.Plan;

/// <summary>One key of a hashtable with its value.</summary>
/// <param name="Key">The key as written.</param>
/// <param name="Line">Line of the key, from 1.</param>
/// <param name="Column">Column of the key, from 1.</param>
/// <param name="Value">The value.</param>
public sealed record PlanEntry(string Key, int Line, int Column, PlanNode Value);
