namespace VisionRollout.Core.Workloads;

/// <summary>Who somebody is in the cluster, as the cluster itself says (SelfSubjectReview, authentication.k8s.io/v1).</summary>
/// <param name="User">Authenticated user name.</param>
/// <param name="Groups">Groups of the user.</param>
public sealed record ClusterIdentity(string User, IReadOnlyList<string> Groups)
{
    /// <summary>How the plan writes a group where it names an identity: <c>group:tech-leads</c>.</summary>
    public const string GroupPrefix = "group:";

    /// <summary>True when the plan's identity, a user name or <c>group:NAME</c>, means this one.</summary>
    /// <param name="identity">Identity in the plan.</param>
    public bool Is(string identity)
    {
        ArgumentNullException.ThrowIfNull(identity);
        return identity.StartsWith(GroupPrefix, StringComparison.Ordinal)
            ? Groups.Contains(identity[GroupPrefix.Length..], StringComparer.Ordinal)
            : string.Equals(User, identity, StringComparison.Ordinal);
    }
}
