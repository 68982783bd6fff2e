using System.Text.Json;
using VisionRollout.Rehearsal.Cluster;
using VisionRollout.Rehearsal.Scenario;

namespace VisionRollout.Rehearsal.Faults;

/// <summary>Faults by command.</summary>
internal static class FaultEndpoints
{
    /// <summary>Maps <c>GET /faults</c>, <c>POST /faults</c> and <c>DELETE /faults/{id}</c>.</summary>
    public static void MapFaults(this IEndpointRouteBuilder endpoints, FaultSchedule schedule, IClusterClock clock)
    {
        endpoints.MapGet("/faults", () => Results.Json(schedule.All.Select(fault => Describe(fault, clock.Now))));
        endpoints.MapPost("/faults", context => AddAsync(context, schedule, clock));
        endpoints.MapDelete("/faults/{id}", async (string id) => await schedule.RemoveAsync(id)
            ? Results.NoContent()
            : Results.Json(new { error = $"There is no fault '{id}'." }, statusCode: 404));
    }

    private static async Task AddAsync(HttpContext context, FaultSchedule schedule, IClusterClock clock)
    {
        IResult result;
        try
        {
            using var document = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
            result = Unknown(document.RootElement)
                ?? Results.Json(Describe(await schedule.AddAsync(ScenarioReader.ReadFault(document.RootElement), clock.Now), clock.Now), statusCode: 201);
        }
        catch (JsonException e)
        {
            result = Results.Json(new { error = $"The body is not JSON: {e.Message}" }, statusCode: 400);
        }
        catch (ScenarioException e)
        {
            result = Results.Json(new { error = string.Join("; ", e.Problems) }, statusCode: 400);
        }

        await result.ExecuteAsync(context);
    }

    private static IResult? Unknown(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object || !body.TryGetProperty("name", out var property)
            || property.GetString() is not { } name || FaultNames.All.Contains(name))
        {
            return null;
        }

        var nearest = FaultNames.Nearest(name);
        return Results.Json(new { error = $"There is no fault '{name}'. Did you mean '{nearest}'?", nearest, names = FaultNames.All }, statusCode: 400);
    }

    private static object Describe(ScheduledFault fault, DateTimeOffset now) => new
    {
        id = fault.Id,
        name = fault.Name,
        state = fault.StateAt(now),
        target = fault.Target,
        magnitude = fault.Magnitude,
        from = fault.From,
        until = fault.Until,
    };
}
