namespace VisionRollout.Core.Plan;

/// <summary>A checklist that people confirm.</summary>
/// <param name="Name">Name, e.g. <c>Security audit</c>.</param>
/// <param name="When">When it is due relative to the rollout, e.g. <c>T-7 days</c>, <c>Preparation</c>, <c>Day 1</c>.</param>
/// <param name="Items">The items.</param>
public sealed record PlanChecklist(string Name, string When, IReadOnlyList<string> Items);
