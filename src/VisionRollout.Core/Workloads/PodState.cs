namespace VisionRollout.Core.Workloads;

/// <summary>One pod as the cluster reports it.</summary>
public sealed record PodState
{
    /// <summary>Name of the pod.</summary>
    public required string Name { get; init; }

    /// <summary>The plan's service.</summary>
    public required string Service { get; init; }

    /// <summary>Colour.</summary>
    public required string Colour { get; init; }

    /// <summary>Deployment it belongs to.</summary>
    public required string Deployment { get; init; }

    /// <summary>Pending, Running, Succeeded, Failed or Unknown.</summary>
    public required string Phase { get; init; }

    /// <summary>True when the Ready condition is true.</summary>
    public bool Ready { get; init; }

    /// <summary>Restarts of all its containers.</summary>
    public int Restarts { get; init; }

    /// <summary>Reason why a container waits (ImagePullBackOff, CrashLoopBackOff …) with its message; empty when none.</summary>
    public string Waiting { get; init; } = "";

    /// <summary>Image of the service's container; empty when the pod has no such container.</summary>
    public string Image { get; init; } = "";

    /// <summary>True when it is told to end.</summary>
    public bool IsEnding { get; init; }

    /// <summary>CPU limits of its containers in cores; null when unlimited.</summary>
    public double? CpuLimit { get; init; }

    /// <summary>Memory limits of its containers in bytes; null when unlimited.</summary>
    public double? MemoryLimit { get; init; }

    /// <summary>When it was created (UTC).</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>Since when it is ready (UTC); null when it is not.</summary>
    public DateTimeOffset? ReadyAt { get; init; }
}
