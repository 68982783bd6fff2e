using System.Text.Json.Nodes;
using VisionRollout.Core.Workloads;

namespace VisionRollout.Adapters.Kubernetes;

/// <summary>Asks the API server what the caller may do (SelfSubjectAccessReview, authorization.k8s.io/v1). Everybody may ask that.</summary>
/// <param name="connection">The cluster.</param>
public sealed class KubernetesAccess(KubernetesConnection connection) : IClusterAccess
{
    /// <inheritdoc/>
    public async Task<ClusterAccess> AskAsync(ClusterRight right, CancellationToken token)
    {
        var parts = right.Resource.Split('/');
        var attributes = new JsonObject { ["namespace"] = connection.Namespace, ["group"] = right.Group, ["resource"] = parts[0], ["verb"] = right.Verb };
        if (parts.Length > 1) attributes["subresource"] = parts[1];
        var body = new JsonObject
        {
            ["apiVersion"] = "authorization.k8s.io/v1",
            ["kind"] = "SelfSubjectAccessReview",
            ["spec"] = new JsonObject { ["resourceAttributes"] = attributes },
        };
        var request = new KubernetesRequest(HttpMethod.Post, "apis/authorization.k8s.io/v1/selfsubjectaccessreviews", "our own rights") { Body = body, IsUnfenced = true };
        var status = (await connection.SendAsync(request, token))["status"];
        return new(right, (bool?)status?["allowed"] ?? false, (string?)status?["reason"] ?? "");
    }
}
