using System.Text.Json.Nodes;

namespace VisionRollout.Adapters.Kubernetes;

/// <summary>One request to the API server. All of them may be repeated without harm: reads, patches that say what is wanted,
/// writes that name the resourceVersion they start from, deletions.</summary>
/// <param name="Method">HTTP method.</param>
/// <param name="Path">Path and query below the server's address, without a leading slash.</param>
/// <param name="Subject">What it is about, for messages: <c>Deployment 'business-service'</c>.</param>
internal sealed record KubernetesRequest(HttpMethod Method, string Path, string Subject)
{
    /// <summary>Body; null for none.</summary>
    public JsonNode? Body { get; init; }

    /// <summary>Media type of the body.</summary>
    public string ContentType { get; init; } = "application/json";

    /// <summary>True for the proxy of a pod or Service: its answers are the pod's own, also when they are failures.</summary>
    public bool IsProxy { get; init; }

    /// <summary>True for what is no write to the environment itself: reviews, the lease, the journal. These need no lease.</summary>
    public bool IsUnfenced { get; init; }

    /// <summary>True when the request changes the environment, so that only who holds its lease may send it.</summary>
    public bool IsFenced => Method != HttpMethod.Get && !IsUnfenced;

    /// <summary>True for a patch that names no resourceVersion: it conflicts with nobody's change, and can be sent again.</summary>
    public bool ConflictPasses => Method == HttpMethod.Patch && Body?["metadata"]?["resourceVersion"] is null;

    /// <summary>A read.</summary>
    public static KubernetesRequest Get(string path, string subject) => new(HttpMethod.Get, path, subject);

    /// <summary>A JSON merge patch (RFC 7396): null removes a member, lists are replaced.</summary>
    public static KubernetesRequest MergePatch(string path, string subject, JsonNode body) =>
        new(HttpMethod.Patch, Query(path, "fieldManager=" + KubernetesConnection.FieldManager), subject)
        {
            Body = body,
            ContentType = "application/merge-patch+json",
        };

    /// <summary>A server-side apply; JSON is valid YAML.</summary>
    /// <param name="path">Path of the object.</param>
    /// <param name="subject">What it is about.</param>
    /// <param name="body">The fields that we decide on.</param>
    /// <param name="force">True takes over fields that another manager holds.</param>
    public static KubernetesRequest Apply(string path, string subject, JsonNode body, bool force) =>
        new(HttpMethod.Patch, Query(path, $"fieldManager={KubernetesConnection.FieldManager}&force={(force ? "true" : "false")}"), subject)
        {
            Body = body,
            ContentType = "application/apply-patch+yaml",
        };

    private static string Query(string path, string query) => path + (path.Contains('?') ? '&' : '?') + query;
}
