using VisionRollout.Core.Workloads;

namespace VisionRollout;

/// <summary>Whether the caller has one of the rights that a rollout uses.</summary>
public sealed record AccessInfo
{
    /// <summary>True when the API server allows it.</summary>
    public required bool Allowed { get; init; }

    /// <summary>Kubernetes verb.</summary>
    public required string Verb { get; init; }

    /// <summary>Resource with its group, e.g. <c>deployments.apps</c> or <c>pods/exec</c>.</summary>
    public required string Resource { get; init; }

    /// <summary>What a rollout needs it for.</summary>
    public required string Purpose { get; init; }

    /// <summary>Identity in the cluster of the caller.</summary>
    public required string User { get; init; }

    /// <summary>Namespace.</summary>
    public required string Namespace { get; init; }

    /// <summary>Why, where the API server says so.</summary>
    public string Reason { get; init; } = "";

    internal static AccessInfo From(ClusterAccess access, string user, string ns) => new()
    {
        Allowed = access.IsAllowed,
        Verb = access.Right.Verb,
        Resource = access.Right.Group.Length > 0 ? $"{access.Right.Resource}.{access.Right.Group}" : access.Right.Resource,
        Purpose = access.Right.Purpose,
        User = user,
        Namespace = ns,
        Reason = access.Reason,
    };
}
