namespace VisionRollout.Rehearsal.Cluster;

/// <summary>A sample of a pod's resource usage.</summary>
/// <param name="CpuNanocores">CPU in billionths of a core, averaged over <paramref name="Window"/>.</param>
/// <param name="MemoryBytes">The working set in bytes.</param>
/// <param name="At">When the sample was taken (cluster time).</param>
/// <param name="Window">The length of time that the sample covers.</param>
internal sealed record PodUsage(long CpuNanocores, long MemoryBytes, DateTimeOffset At, TimeSpan Window);
