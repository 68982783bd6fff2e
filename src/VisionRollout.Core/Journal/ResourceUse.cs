namespace VisionRollout.Core.Journal;

/// <summary>The highest use of CPU and memory of any pod at one look.</summary>
/// <param name="Cpu">Share of the pod's limit, 0 to 1; null when it could not be read.</param>
/// <param name="CpuOf">What the reading says, with the pod's name.</param>
/// <param name="Memory">Share of the pod's limit, 0 to 1; null when it could not be read.</param>
/// <param name="MemoryOf">What the reading says, with the pod's name.</param>
public sealed record ResourceUse(double? Cpu, string CpuOf, double? Memory, string MemoryOf);
