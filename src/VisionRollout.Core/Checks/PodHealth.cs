using VisionRollout.Core.Workloads;

namespace VisionRollout.Core.Checks;

/// <summary>A pod with its health document; without one, why there is none.</summary>
/// <param name="Pod">The pod.</param>
/// <param name="Document">The document; null when the pod did not answer.</param>
/// <param name="Problem">Why there is no document; empty when there is.</param>
public sealed record PodHealth(PodState Pod, HealthDocument? Document, string Problem);
