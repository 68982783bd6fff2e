namespace VisionRollout.Core.Workloads;

/// <summary>One Deployment of a service in one colour, as the cluster reports it.</summary>
public sealed record Workload
{
    /// <summary>The plan's service.</summary>
    public required string Service { get; init; }

    /// <summary>Colour, e.g. <c>green</c>.</summary>
    public required string Colour { get; init; }

    /// <summary>Name of the Deployment.</summary>
    public required string Deployment { get; init; }

    /// <summary>Image of the service's container.</summary>
    public required string Image { get; init; }

    /// <summary>Version: the image's tag.</summary>
    public required string Version { get; init; }

    /// <summary>Replicas wanted.</summary>
    public int Desired { get; init; }

    /// <summary>Replicas ready.</summary>
    public int Ready { get; init; }

    /// <summary>Replicas of the current template.</summary>
    public int Updated { get; init; }

    /// <summary>True when the controller has seen the newest specification and every replica is updated and ready.</summary>
    public bool IsReady { get; init; }

    /// <summary>Why it is not progressing, from the Progressing condition; empty when it is.</summary>
    public string Stalled { get; init; } = "";

    /// <summary>Annotations of the Deployment.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();
}
