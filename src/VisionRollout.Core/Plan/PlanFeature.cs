namespace VisionRollout.Core.Plan;

/// <summary>A feature that smoke tests ask for.</summary>
/// <param name="Name">Name for people.</param>
/// <param name="Path">Path of a GET request that must answer 200.</param>
public sealed record PlanFeature(string Name, string Path);
