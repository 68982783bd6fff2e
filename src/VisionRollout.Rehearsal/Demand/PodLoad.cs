namespace VisionRollout.Rehearsal.Demand;

/// <summary>What a pod uses.</summary>
internal sealed class PodLoad
{
    /// <summary>CPU in cores, averaged over the last interval.</summary>
    public double CpuCores { get; set; }

    /// <summary>CPU seconds since the pod began.</summary>
    public double CpuSeconds { get; set; }

    /// <summary>The working set in bytes.</summary>
    public double MemoryBytes { get; set; }

    /// <summary>The virtual time of the last sample.</summary>
    public DateTimeOffset At { get; set; }

    /// <summary>The interval that the last sample covers.</summary>
    public TimeSpan Window { get; set; }
}
