namespace VisionRollout.Rehearsal.Cluster;

/// <summary>How the start of a pod went.</summary>
internal sealed record PodStart
{
    private PodStart()
    {
    }

    /// <summary>The pod's IP address; null when it waits.</summary>
    public string? Ip { get; private init; }

    /// <summary>
    /// The TCP port that stands in for the container's (every pod has its own where all share one address);
    /// null when the pod listens on its container port. Kept in the annotation <see cref="PortAnnotation"/>.
    /// </summary>
    public int? Port { get; private init; }

    /// <summary>Why the container waits, such as <c>ImagePullBackOff</c>, <c>ErrImagePull</c> or <c>CrashLoopBackOff</c>; null when it runs.</summary>
    public string? WaitingReason { get; private init; }

    /// <summary>A sentence to go with <see cref="WaitingReason"/>.</summary>
    public string? Message { get; private init; }

    /// <summary>The annotation that holds <see cref="Port"/> on the pod.</summary>
    public const string PortAnnotation = "rehearsal.visionrollout.dev/port";

    /// <summary>The pod runs and listens on the address.</summary>
    public static PodStart Running(string ip, int? port = null) => new() { Ip = ip, Port = port };

    /// <summary>The pod's container waits.</summary>
    public static PodStart Waiting(string reason, string message) => new() { WaitingReason = reason, Message = message };
}
