namespace VisionRollout.Rehearsal.KubernetesApi;

/// <summary>How the Kubernetes API behaves.</summary>
internal sealed class KubernetesApiOptions
{
    /// <summary>After how much quiet (real time) a watch that asked for bookmarks gets one. Kubernetes sends about one a minute.</summary>
    public TimeSpan BookmarkInterval { get; init; } = TimeSpan.FromSeconds(10);
}
