using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using VisionRollout.Rehearsal.Time;

namespace VisionRollout.Rehearsal.Hosting;

/// <summary>The virtual clock: to read it, and to wait, which is to advance it.</summary>
internal static class ClockEndpoints
{
    /// <summary>Maps <c>GET /clock</c> and <c>POST /clock/wait</c>.</summary>
    public static void MapClock(this IEndpointRouteBuilder endpoints, VirtualClock clock)
    {
        endpoints.MapGet("/clock", () => Results.Json(new { now = clock.Now }));
        endpoints.MapPost("/clock/wait", async (HttpContext context) =>
        {
            if (await ReadUntilAsync(context) is not { } until)
                return Results.Json(new { error = "The body must be {\"until\":\"2026-11-23T09:00:00Z\"}: a time with its zone." }, statusCode: 400);
            return Results.Json(new { now = await clock.AdvanceToAsync(until, context.RequestAborted) });
        });
    }

    private static async Task<DateTimeOffset?> ReadUntilAsync(HttpContext context)
    {
        try
        {
            var body = await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
            return body is JsonObject wait && wait["until"] is JsonValue value && value.TryGetValue<string>(out var text)
                && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var until)
                ? until
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
