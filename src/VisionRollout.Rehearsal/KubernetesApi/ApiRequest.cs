using System.Globalization;
using VisionRollout.Rehearsal.Cluster;

namespace VisionRollout.Rehearsal.KubernetesApi;

/// <summary>What a request to a resource path asks for.</summary>
/// <param name="Context">The HTTP request.</param>
/// <param name="User">Who asks.</param>
/// <param name="Type">The resource type that the path names.</param>
/// <param name="Namespace">The namespace, or null for cluster scope (or all namespaces).</param>
/// <param name="Name">The object's name, or null for the collection.</param>
/// <param name="Subresource">Such as <c>status</c>; empty for none.</param>
/// <param name="Rest">What follows the subresource (for <c>proxy</c>), with its leading slash; else empty.</param>
internal sealed record ApiRequest(
    HttpContext Context, ApiUser User, ResourceType Type, string? Namespace, string? Name, string Subresource, string Rest)
{
    /// <summary>The Kubernetes verb.</summary>
    public string Verb => Context.Request.Method switch
    {
        "GET" or "HEAD" => IsWatch ? "watch" : Name is null ? "list" : "get",
        "POST" => "create",
        "PUT" => "update",
        "PATCH" => "patch",
        "DELETE" => Name is null ? "deletecollection" : "delete",
        _ => throw ApiException.MethodNotAllowed(),
    };

    /// <summary>Whether changes are asked for as they happen.</summary>
    public bool IsWatch => Context.Request.Query["watch"].ToString() is "true" or "1";

    /// <summary>Whether the request is only to be tried.</summary>
    public bool IsDryRun => Context.Request.Query.ContainsKey("dryRun");

    /// <summary>The resource's name for records, with its subresource.</summary>
    public string Resource => Subresource.Length == 0 ? Type.Plural : $"{Type.Plural}/{Subresource}";

    /// <summary>The key of the named object.</summary>
    public ObjectKey Key => Type.Key(Namespace, Name ?? throw ApiException.MethodNotAllowed());

    /// <summary>The manager of the fields that this request sets.</summary>
    public string FieldManager => Query("fieldManager") ?? Context.Request.Headers.UserAgent.ToString().Split('/', 2)[0] switch
    {
        "" => "unknown",
        var agent => agent,
    };

    /// <summary>A query parameter, or null when it is missing or empty.</summary>
    public string? Query(string name) => Context.Request.Query[name].ToString() is { Length: > 0 } value ? value : null;

    /// <summary>A query parameter that is a whole number.</summary>
    /// <exception cref="ApiException">400: it is none.</exception>
    public long? Number(string name) => Query(name) is not { } text ? null
        : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number
        : throw ApiException.BadRequest($"invalid value for query parameter {name}: \"{text}\"");

    /// <summary>Reads a path below <c>/api</c> or <c>/apis</c>; null when it names no resource that is served.</summary>
    public static ApiRequest? Parse(HttpContext context, ApiUser user, ResourceCatalogue catalogue)
    {
        var parts = (context.Request.Path.Value ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries);
        var head = parts is ["api", ..] ? 2 : 3;
        if (parts.Length <= head)
            return null;
        var (group, version) = head == 2 ? ("", parts[1]) : (parts[1], parts[2]);
        var rest = parts[head..];
        string? ns = null;
        if (rest is ["namespaces", var inside, var next, ..] && !(rest.Length == 3 && next is "status" or "finalize"))
        {
            ns = inside;
            rest = rest[2..];
        }

        if (catalogue.Find(group, version, rest[0]) is not { } type)
            return null;
        return new ApiRequest(
            context, user, type, ns, rest.ElementAtOrDefault(1), rest.ElementAtOrDefault(2) ?? "", Tail(context, rest));
    }

    private static string Tail(HttpContext context, string[] rest)
    {
        if (rest.Length < 3)
            return "";
        var tail = string.Concat(rest.Skip(3).Select(part => "/" + part));
        return tail.Length > 0 && context.Request.Path.Value!.EndsWith('/') ? tail + "/" : tail;
    }
}
