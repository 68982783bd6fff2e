using System.Text.Json.Nodes;
using VisionRollout.Rehearsal.Cluster;

namespace VisionRollout.Rehearsal.KubernetesApi;

/// <summary>
/// As much of the OpenAPI v3 documents as kubectl reads before it writes: for each kind the patch operation with
/// the query parameters that it supports (fieldValidation, dryRun). There are no schemas; the server checks objects itself.
/// </summary>
internal sealed class OpenApi(ResourceCatalogue catalogue)
{
    private const string Root = "openapi";
    private static readonly string[] Parameters = ["dryRun", "fieldManager", "fieldValidation", "force"];

    /// <summary>Answers a request below <c>/openapi</c>; false when there is no such document.</summary>
    public async Task<bool> TryAnswerAsync(HttpContext context)
    {
        var parts = (context.Request.Path.Value ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (parts is [Root, "v2"])
        {
            await WriteEmptyVersion2Async(context);
            return true;
        }

        var document = parts switch
        {
            [Root, "v3"] => Index(),
            [Root, "v3", "api", var version] => Document("", version),
            [Root, "v3", "apis", var group, var version] => Document(group, version),
            _ => null,
        };
        if (document is null)
            return false;
        await ApiResponse.WriteAsync(context, document);
        return true;
    }

    /// <summary>
    /// The version 2 document, which kubectl still reads (as protobuf) before it applies a <c>List</c>. An empty message is a
    /// document without schemas: kubectl then checks nothing itself.
    /// </summary>
    private static Task WriteEmptyVersion2Async(HttpContext context)
    {
        context.Response.ContentType = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";
        context.Response.ContentLength = 0;
        return context.Response.CompleteAsync();
    }

    private static string PathOf(string group, string version) => group.Length == 0 ? $"api/{version}" : $"apis/{group}/{version}";

    private JsonObject Index()
    {
        var paths = new JsonObject();
        foreach (var path in catalogue.Types.Select(type => PathOf(type.Group, type.Version)).Distinct())
        {
            var hash = StableHash.Of(string.Join(',', catalogue.Types.Where(type => PathOf(type.Group, type.Version) == path).Select(type => type.Kind)));
            paths[path] = new JsonObject { ["serverRelativeURL"] = $"/openapi/v3/{path}?hash={hash}" };
        }

        return new JsonObject { ["paths"] = paths };
    }

    private JsonObject? Document(string group, string version)
    {
        var types = catalogue.Types.Where(type => type.Group == group && type.Version == version).ToList();
        if (types.Count == 0)
            return null;
        var paths = new JsonObject();
        foreach (var type in types)
        {
            var scope = type.Namespaced ? "namespaces/{namespace}/" : "";
            paths[$"/{PathOf(group, version)}/{scope}{type.Plural}/{{name}}"] = new JsonObject { ["patch"] = Patch(type) };
        }

        return new JsonObject
        {
            ["openapi"] = "3.0.0",
            ["info"] = new JsonObject { ["title"] = "Kubernetes", ["version"] = "v1.32.4" },
            ["paths"] = paths,
        };
    }

    private static JsonObject Patch(ResourceType type) => new()
    {
        ["operationId"] = $"patch{type.Kind}",
        ["parameters"] = new JsonArray([.. Parameters.Select(name => new JsonObject
        {
            ["name"] = name,
            ["in"] = "query",
            ["schema"] = new JsonObject { ["type"] = name == "force" ? "boolean" : "string", ["uniqueItems"] = true },
        })]),
        ["responses"] = new JsonObject { ["200"] = new JsonObject { ["description"] = "OK" } },
        ["x-kubernetes-action"] = "patch",
        ["x-kubernetes-group-version-kind"] = new JsonObject { ["group"] = type.Group, ["version"] = type.Version, ["kind"] = type.Kind },
    };
}
