using System.Globalization;

namespace VisionRollout.Rehearsal.Time;

/// <summary>Maps <c>GET /clock</c> and <c>POST /clock/wait</c>.</summary>
internal static class ClockEndpoints
{
    /// <summary>Maps the virtual clock.</summary>
    public static void MapClock(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/clock", (VirtualClock clock) => Answer(clock.Now));
        endpoints.MapPost("/clock/wait", async (ClockWait wait, VirtualClock clock, CancellationToken token) =>
            wait.Until is { } until
                ? Answer(await clock.AdvanceToAsync(until.ToUniversalTime(), token))
                : Results.BadRequest(new { error = "The body must be {\"until\": time}." }));
    }

    private static IResult Answer(DateTimeOffset now) =>
        Results.Json(new { now = now.UtcDateTime.ToString("O", CultureInfo.InvariantCulture) });
}
