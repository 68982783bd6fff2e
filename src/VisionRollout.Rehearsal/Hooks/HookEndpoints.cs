using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using VisionRollout.Rehearsal.Cluster;

namespace VisionRollout.Rehearsal.Hooks;

/// <summary>
/// The sinks: an incoming chat webhook with Slack's answers (api.slack.com/messaging/webhooks), and a status page that takes
/// an incident at its own address or in the way of Statuspage's API (pages/PAGE/incidents, developer.statuspage.io).
/// </summary>
internal static class HookEndpoints
{
    private const string Chat = "chat";
    private const string Status = "status";
    private const string KeyHeader = "Idempotency-Key";

    /// <summary>Maps the sinks and <c>GET /hooks</c>.</summary>
    public static void MapHooks(this IEndpointRouteBuilder endpoints, HookLog log, IClusterClock clock)
    {
        endpoints.MapGet("/hooks", () => Results.Json(log.Calls));
        endpoints.MapPost("/hooks/chat", request => TakeChatAsync(request, log, clock));
        foreach (var pattern in (string[])["/hooks/status", "/hooks/status/{**path}"])
            endpoints.MapMethods(pattern, ["POST", "PUT", "PATCH"], request => TakeStatusAsync(request, log, clock));
    }

    private static async Task TakeChatAsync(HttpContext context, HookLog log, IClusterClock clock)
    {
        var body = await ReadBodyAsync(context);
        var fault = body is null ? "invalid_payload"
            : body["text"] is null && body["blocks"] is null && body["attachments"] is null ? "no_text"
            : null;
        if (fault is null)
            log.Add(Call(context, Chat, body!, clock));
        context.Response.StatusCode = fault is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest;
        await context.Response.WriteAsync(fault ?? "ok", context.RequestAborted);
    }

    private static async Task TakeStatusAsync(HttpContext context, HookLog log, IClusterClock clock)
    {
        if (await ReadBodyAsync(context) is not { } body)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            await context.Response.WriteAsJsonAsync(new { error = "The body must be a JSON object." }, context.RequestAborted);
            return;
        }

        var call = Call(context, Status, body, clock);
        log.Add(call);
        context.Response.StatusCode = call.Method == "POST" ? StatusCodes.Status201Created : StatusCodes.Status200OK;
        await context.Response.WriteAsJsonAsync(Incident(call, log.Calls.Count), context.RequestAborted);
    }

    /// <summary>The incident as the page would show it: what was sent, with an id and its times.</summary>
    private static JsonObject Incident(HookCall call, int number)
    {
        var sent = call.Body["incident"] as JsonObject ?? call.Body;
        var incident = (JsonObject)sent.DeepClone();
        var at = call.At.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
        var known = call.Method == "POST" ? null : call.Path.Split('/')[^1];
        incident["id"] ??= known is { Length: > 0 } ? known : "incident" + number.ToString(CultureInfo.InvariantCulture);
        incident["created_at"] ??= at;
        incident["updated_at"] = at;
        return incident;
    }

    private static HookCall Call(HttpContext context, string hook, JsonObject body, IClusterClock clock)
    {
        var key = (string?)context.Request.Headers[KeyHeader];
        if (string.IsNullOrEmpty(key) && body["message_id"] is JsonValue value && value.TryGetValue<string>(out var id))
            key = id;
        return new HookCall(clock.Now, hook, context.Request.Method, (string?)context.GetRouteValue("path") ?? string.Empty, string.IsNullOrEmpty(key) ? null : key, body);
    }

    private static async Task<JsonObject?> ReadBodyAsync(HttpContext context)
    {
        try
        {
            return await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
