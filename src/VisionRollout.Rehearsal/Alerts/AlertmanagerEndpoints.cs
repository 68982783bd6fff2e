using System.Globalization;
using System.Text.Json;
using VisionRollout.Rehearsal.Cluster;

namespace VisionRollout.Rehearsal.Alerts;

/// <summary>Maps the part of Alertmanager's API v2 that the rehearsal answers.</summary>
internal static class AlertmanagerEndpoints
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { RespectNullableAnnotations = true };

    /// <summary>Maps the API below <c>/alertmanager</c>.</summary>
    public static void MapAlertmanager(this IEndpointRouteBuilder endpoints)
    {
        var group = endpoints.MapGroup("/alertmanager").AddEndpointFilter(RefuseAsync);
        group.MapGet("/-/healthy", () => Results.Text("OK"));
        group.MapGet("/-/ready", () => Results.Text("OK"));
        group.MapGet("/api/v2/status", Status);
        group.MapGet("/api/v2/receivers", () => Results.Json(new[] { new { name = "rehearsal" } }));
        group.MapGet("/api/v2/alerts", Alerts);
        group.MapPost("/api/v2/alerts", PostAlertsAsync);
        group.MapGet("/api/v2/silences", Silences);
        group.MapPost("/api/v2/silences", PostSilenceAsync);
        group.MapGet("/api/v2/silence/{id}", (string id, AlertStore store, IClusterClock clock) =>
            store.Find(id) is { } silence ? Results.Json(Describe(silence, clock.Now)) : Results.NotFound());
        group.MapDelete("/api/v2/silence/{id}", (string id, AlertStore store) => store.Expire(id) ? Results.Ok() : Results.NotFound());
    }

    private static IResult Status(IClusterClock clock) => Results.Json(new
    {
        cluster = new { name = "rehearsal", status = "ready", peers = Array.Empty<object>() },
        versionInfo = new { version = "0.28.0-rehearsal", revision = "", branch = "", buildUser = "", buildDate = "", goVersion = "" },
        config = new { original = "route:\n  receiver: rehearsal\nreceivers:\n- name: rehearsal\n" },
        uptime = Time(clock.Now),
    });

    private static IResult Alerts(HttpContext context, AlertStore store)
    {
        var filters = Filters(context);
        var (active, silenced) = (Flag(context, "active"), Flag(context, "silenced"));
        return Results.Json(
            from alert in store.Firing
            where filters.All(filter => filter.Matches(alert.Labels))
            let silencedBy = store.SilencedBy(alert)
            where silencedBy.Count == 0 ? active : silenced
            select new
            {
                annotations = alert.Annotations,
                endsAt = Time(alert.EndsAt),
                fingerprint = alert.Fingerprint,
                receivers = new[] { new { name = "rehearsal" } },
                startsAt = Time(alert.StartsAt),
                status = new { inhibitedBy = Array.Empty<string>(), silencedBy, state = silencedBy.Count == 0 ? "active" : "suppressed" },
                updatedAt = Time(alert.UpdatedAt),
                generatorURL = alert.GeneratorUrl,
                labels = alert.Labels,
            });
    }

    private static async Task<IResult> PostAlertsAsync(HttpContext context, AlertStore store)
    {
        var posted = await ReadAsync<PostedAlert[]>(context);
        if (posted.Any(alert => alert.Labels.Count == 0))
            throw new AlertRequestException("at least one label pair required");
        foreach (var alert in posted)
            store.Report(alert.Labels, alert.Annotations, alert.StartsAt, alert.EndsAt, alert.GeneratorURL);
        return Results.Ok();
    }

    private static IResult Silences(HttpContext context, AlertStore store, IClusterClock clock)
    {
        var filters = Filters(context);
        var now = clock.Now;
        return Results.Json(store.Silences
            .Where(silence => filters.All(filter => silence.Matchers.Any(matcher => matcher == filter)))
            .Select(silence => Describe(silence, now)));
    }

    private static async Task<IResult> PostSilenceAsync(HttpContext context, AlertStore store) =>
        store.Put(await ReadAsync<Silence>(context)) is { } id ? Results.Json(new { silenceID = id }) : Results.NotFound();

    private static object Describe(Silence silence, DateTimeOffset now) => new
    {
        id = silence.Id,
        status = new { state = silence.StateAt(now) },
        updatedAt = Time(silence.UpdatedAt),
        comment = silence.Comment,
        createdBy = silence.CreatedBy,
        startsAt = Time(silence.StartsAt),
        endsAt = Time(silence.EndsAt),
        matchers = silence.Matchers,
    };

    private static async Task<T> ReadAsync<T>(HttpContext context)
    {
        try
        {
            return await context.Request.ReadFromJsonAsync<T>(Json, context.RequestAborted) ?? throw new AlertRequestException("the body is empty");
        }
        catch (JsonException error)
        {
            throw new AlertRequestException($"parsing body failed: {error.Message}");
        }
    }

    private static AlertMatcher[] Filters(HttpContext context) =>
        [.. context.Request.Query["filter"].OfType<string>().Select(AlertMatcher.Parse)];

    private static bool Flag(HttpContext context, string name) =>
        !context.Request.Query.TryGetValue(name, out var value) || !string.Equals(value, "false", StringComparison.OrdinalIgnoreCase);

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static async ValueTask<object?> RefuseAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (AlertRequestException error)
        {
            return Results.Json(error.Message, statusCode: StatusCodes.Status400BadRequest);
        }
    }
}
