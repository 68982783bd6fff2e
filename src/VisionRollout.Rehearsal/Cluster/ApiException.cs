using System.Text.Json.Nodes;

namespace VisionRollout.Rehearsal.Cluster;

/// <summary>An error that the API answers as a Kubernetes <c>Status</c> object.</summary>
internal sealed class ApiException(int code, string reason, string message, JsonObject? details = null) : Exception(message)
{
    /// <summary>The HTTP status code.</summary>
    public int Code { get; } = code;

    /// <summary>The machine-readable reason, such as <c>Conflict</c> (<c>metav1.StatusReason</c>).</summary>
    public string Reason { get; } = reason;

    /// <summary>The <c>details</c> of the status, or null.</summary>
    public JsonObject? Details { get; } = details;

    /// <summary>404: there is no such object.</summary>
    public static ApiException NotFound(ObjectKey key) =>
        new(404, "NotFound", $"{Resource(key)} \"{key.Name}\" not found", DetailsOf(key));

    /// <summary>409: an object of this name exists.</summary>
    public static ApiException AlreadyExists(ObjectKey key) =>
        new(409, "AlreadyExists", $"{Resource(key)} \"{key.Name}\" already exists", DetailsOf(key));

    /// <summary>409: the object has changed since the caller read it.</summary>
    public static ApiException Conflict(ObjectKey key) =>
        new(409, "Conflict", $"Operation cannot be fulfilled on {Resource(key)} \"{key.Name}\": the object has been modified; " +
            "please apply your changes to the latest version and try again", DetailsOf(key));

    /// <summary>410: the change history no longer reaches back to the version asked for.</summary>
    public static ApiException Expired(long asked, long oldest) =>
        new(410, "Expired", $"too old resource version: {asked} ({oldest})");

    /// <summary>400: the request makes no sense.</summary>
    public static ApiException BadRequest(string message) => new(400, "BadRequest", message);

    /// <summary>422: the object is not valid.</summary>
    public static ApiException Invalid(string kind, string name, string field, string message) =>
        new(422, "Invalid", $"{kind} \"{name}\" is invalid: {field}: {message}", new JsonObject
        {
            ["name"] = name,
            ["kind"] = kind,
            ["causes"] = new JsonArray(new JsonObject { ["reason"] = "FieldValueInvalid", ["message"] = message, ["field"] = field }),
        });

    /// <summary>403: not allowed.</summary>
    public static ApiException Forbidden(string message) => new(403, "Forbidden", message);

    /// <summary>405: this resource doesn't support the verb.</summary>
    public static ApiException MethodNotAllowed() =>
        new(405, "MethodNotAllowed", "the server does not allow this method on the requested resource");

    /// <summary>404: the path names no resource.</summary>
    public static ApiException NoSuchResource() =>
        new(404, "NotFound", "the server could not find the requested resource");

    private static string Resource(ObjectKey key) => key.Group.Length == 0 ? key.Plural : $"{key.Plural}.{key.Group}";

    private static JsonObject DetailsOf(ObjectKey key)
    {
        var details = new JsonObject { ["name"] = key.Name };
        if (key.Group.Length > 0)
            details["group"] = key.Group;
        details["kind"] = key.Plural;
        return details;
    }
}
