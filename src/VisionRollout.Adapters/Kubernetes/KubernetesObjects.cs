using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Workloads;

namespace VisionRollout.Adapters.Kubernetes;

/// <summary>Secrets and ConfigMaps of the environment's namespace, and who we are.</summary>
/// <param name="connection">The cluster.</param>
public sealed class KubernetesObjects(KubernetesConnection connection) : IClusterObjects
{
    private const string Core = "api/v1";
    private const string Reviews = "apis/authentication.k8s.io/v1";

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<string, string>> ReadSecretAsync(string name, CancellationToken token)
    {
        var secret = await connection.SendAsync(KubernetesRequest.Get(connection.PathOf(Core, "secrets", name), $"Secret '{name}'"), token);
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in secret["data"] as JsonObject ?? []) values[key] = Decode(name, key, (string?)value ?? "");
        return values;
    }

    /// <inheritdoc/>
    public async Task<string?> ReadConfigurationAsync(string configMap, string key, CancellationToken token) =>
        (string?)(await connection.FindAsync(PathTo(configMap), Subject(configMap), token))?["data"]?[key];

    /// <inheritdoc/>
    public async Task SetConfigurationAsync(string configMap, string key, string value, CancellationToken token)
    {
        if (await TryPatchAsync(configMap, key, value, token)) return;
        var body = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "ConfigMap",
            ["metadata"] = new JsonObject { ["name"] = configMap },
            ["data"] = new JsonObject { [key] = value },
        };
        var request = new KubernetesRequest(HttpMethod.Post, connection.PathOf(Core, "configmaps") + "?fieldManager=" + KubernetesConnection.FieldManager, Subject(configMap)) { Body = body };
        var answer = await connection.AskAsync(request, token);
        // Somebody (or our own repeated request) made it in between: then it can be patched.
        if (answer.IsSuccess || (answer.Status == HttpStatusCode.Conflict && await TryPatchAsync(configMap, key, value, token))) return;
        throw KubernetesFailure.Refused(answer, request, await connection.PlaceAsync(token));
    }

    /// <inheritdoc/>
    public async Task<string> WhoAmIAsync(CancellationToken token) => (await ReadIdentityAsync(token)).User;

    /// <inheritdoc/>
    public async Task<ClusterIdentity> ReadIdentityAsync(CancellationToken token)
    {
        var body = new JsonObject { ["apiVersion"] = "authentication.k8s.io/v1", ["kind"] = "SelfSubjectReview" };
        var review = await connection.SendAsync(new KubernetesRequest(HttpMethod.Post, Reviews + "/selfsubjectreviews", "our own user") { Body = body, IsUnfenced = true }, token);
        var user = review["status"]?["userInfo"];
        return new((string?)user?["username"] ?? "", [.. (user?["groups"] as JsonArray ?? []).Select(group => (string?)group ?? "")]);
    }

    private static string Subject(string configMap) => $"ConfigMap '{configMap}'";

    private static string Decode(string secret, string key, string value)
    {
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(value));
        }
        catch (FormatException)
        {
            throw new RolloutException("SecretDamaged", RolloutErrorKind.Corrupt, $"Key '{key}' of Secret '{secret}' is not base64.", "Write the Secret anew.", secret);
        }
    }

    private string PathTo(string configMap) => connection.PathOf(Core, "configmaps", configMap);

    private async Task<bool> TryPatchAsync(string configMap, string key, string value, CancellationToken token)
    {
        var body = new JsonObject { ["data"] = new JsonObject { [key] = value } };
        var request = KubernetesRequest.MergePatch(PathTo(configMap), Subject(configMap), body);
        var answer = await connection.AskAsync(request, token);
        return answer.IsSuccess ? true
            : answer.Status == HttpStatusCode.NotFound ? false
            : throw KubernetesFailure.Refused(answer, request, await connection.PlaceAsync(token));
    }
}
