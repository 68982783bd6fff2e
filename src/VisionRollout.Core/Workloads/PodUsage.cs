namespace VisionRollout.Core.Workloads;

/// <summary>What a pod uses (metrics.k8s.io).</summary>
/// <param name="Pod">Name of the pod.</param>
/// <param name="Cpu">Cores.</param>
/// <param name="Memory">Bytes.</param>
public sealed record PodUsage(string Pod, double Cpu, double Memory);
