using System.Text.Json.Nodes;
using VisionRollout.Rehearsal.Mesh;

namespace VisionRollout.Rehearsal.Pods;

/// <summary>How pods write their answers.</summary>
internal static class PodAnswer
{
    /// <summary>Who answers what.</summary>
    public static JsonObject Describe(PodIdentity pod, string path) => new()
    {
        ["service"] = pod.Service,
        ["version"] = pod.ImageTag,
        ["colour"] = pod.Colour,
        ["pod"] = pod.Name,
        ["path"] = path,
    };

    /// <summary>Writes JSON.</summary>
    public static Task WriteJsonAsync(HttpContext context, int status, JsonObject body, string contentType = "application/json")
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        return context.Response.WriteAsync(body.ToJsonString(), context.RequestAborted);
    }

    /// <summary>Writes an error that the application itself answers.</summary>
    public static Task WriteErrorAsync(HttpContext context, int status, PodIdentity pod, string message)
    {
        var body = Describe(pod, context.Request.Path.Value ?? "/");
        body["error"] = message;
        return WriteJsonAsync(context, status, body);
    }

    /// <summary>Writes plain text.</summary>
    public static Task WriteTextAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain";
        return context.Response.WriteAsync(text, context.RequestAborted);
    }
}
