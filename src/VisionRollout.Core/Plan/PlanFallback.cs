namespace VisionRollout.Core.Plan;

/// <summary>The switch of a service's fallback: one key of a ConfigMap.</summary>
/// <param name="ConfigMap">Name of the ConfigMap.</param>
/// <param name="Key">Key.</param>
/// <param name="On">Value that switches the fallback on.</param>
/// <param name="Off">Value that switches it off.</param>
public sealed record PlanFallback(string ConfigMap, string Key, string On, string Off);
