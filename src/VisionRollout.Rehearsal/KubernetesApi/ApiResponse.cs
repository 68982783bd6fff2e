using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using VisionRollout.Rehearsal.Cluster;

namespace VisionRollout.Rehearsal.KubernetesApi;

/// <summary>Writes answers.</summary>
internal static class ApiResponse
{
    private static readonly JsonSerializerOptions Format = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The JSON text of a node.</summary>
    public static string Text(JsonNode node) => node.ToJsonString(Format);

    /// <summary>Answers with a JSON object.</summary>
    public static async Task WriteAsync(HttpContext context, JsonNode node, int code = 200, string contentType = "application/json")
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = contentType;
        await context.Response.WriteAsync(Text(node) + "\n", context.RequestAborted);
    }

    /// <summary>Answers with the Status object of an error.</summary>
    public static Task WriteErrorAsync(HttpContext context, ApiException error, int? retryAfterSeconds = null)
    {
        var status = Failure(error);
        if (retryAfterSeconds is { } seconds)
        {
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
            status.Child("details")["retryAfterSeconds"] = seconds;
        }

        return WriteAsync(context, status, error.Code);
    }

    /// <summary>The Status object of an error.</summary>
    public static JsonObject Failure(ApiException error)
    {
        var status = Status("Failure");
        status["message"] = error.Message;
        status["reason"] = error.Reason;
        if (error.Details is not null)
            status["details"] = error.Details.DeepClone();
        status["code"] = error.Code;
        return status;
    }

    /// <summary>The Status object that a deletion answers.</summary>
    public static JsonObject Deleted(ResourceType type, JsonObject value)
    {
        var status = Status("Success");
        var details = new JsonObject { ["name"] = value.Name(), ["kind"] = type.Plural, ["uid"] = value.Uid() };
        if (type.Group.Length > 0)
            details["group"] = type.Group;
        status["details"] = details;
        return status;
    }

    /// <summary>A Status object without details.</summary>
    public static JsonObject Status(string status) => new()
    {
        ["kind"] = "Status",
        ["apiVersion"] = "v1",
        ["metadata"] = new JsonObject(),
        ["status"] = status,
    };
}
