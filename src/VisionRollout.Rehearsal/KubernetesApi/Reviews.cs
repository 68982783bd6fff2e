using System.Text.Json.Nodes;
using VisionRollout.Rehearsal.Cluster;

namespace VisionRollout.Rehearsal.KubernetesApi;

/// <summary>Answers the questions about identity and permission (authentication.k8s.io and authorization.k8s.io).</summary>
internal sealed class Reviews(TokenTable tokens)
{
    private static readonly string[] ReadVerbs = ["get", "list", "watch"];

    /// <summary>Whether a user may do something: <c>system:masters</c> everything, everybody else only read.</summary>
    public static bool Allows(ApiUser user, string verb) => user.Groups.Contains("system:masters") || ReadVerbs.Contains(verb);

    /// <summary>Answers a review.</summary>
    public async Task AnswerAsync(ApiRequest request)
    {
        var review = await RequestBody.ReadObjectAsync(request.Context.Request, request.Context.RequestAborted) ?? [];
        review["apiVersion"] = request.Type.ApiVersion;
        review["kind"] = request.Type.Kind;
        review["metadata"] ??= new JsonObject();
        review["status"] = request.Type.Plural switch
        {
            "selfsubjectreviews" => new JsonObject { ["userInfo"] = UserInfo(request.User) },
            "tokenreviews" => Authentication(review.Text("spec", "token") ?? ""),
            "selfsubjectaccessreviews" => Access(request.User, review.Text("spec", "resourceAttributes", "verb") ?? review.Text("spec", "nonResourceAttributes", "verb") ?? "get"),
            _ => Rules(request.User),
        };
        await ApiResponse.WriteAsync(request.Context, review, 201);
    }

    private JsonObject Authentication(string token) => tokens.Find(token) is { } user
        ? new JsonObject { ["authenticated"] = true, ["user"] = UserInfo(user) }
        : new JsonObject { ["authenticated"] = false, ["error"] = "invalid bearer token" };

    private static JsonObject UserInfo(ApiUser user) => new()
    {
        ["username"] = user.Name,
        ["groups"] = new JsonArray([.. user.Groups.Select(group => (JsonNode)group)]),
    };

    private static JsonObject Access(ApiUser user, string verb) => Allows(user, verb)
        ? new JsonObject { ["allowed"] = true, ["reason"] = $"user {user.Name}" }
        : new JsonObject { ["allowed"] = false, ["reason"] = $"user {user.Name} may only read" };

    private static JsonObject Rules(ApiUser user) => new()
    {
        ["resourceRules"] = new JsonArray(new JsonObject
        {
            ["verbs"] = Allows(user, "update") ? new JsonArray("*") : new JsonArray([.. ReadVerbs.Select(verb => (JsonNode)verb)]),
            ["apiGroups"] = new JsonArray("*"),
            ["resources"] = new JsonArray("*"),
        }),
        ["nonResourceRules"] = new JsonArray(new JsonObject { ["verbs"] = new JsonArray("get"), ["nonResourceURLs"] = new JsonArray("*") }),
        ["incomplete"] = false,
    };
}
