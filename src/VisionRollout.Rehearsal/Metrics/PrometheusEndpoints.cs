using VisionRollout.Rehearsal.Faults;
using VisionRollout.Rehearsal.Metrics.PromQl;

namespace VisionRollout.Rehearsal.Metrics;

/// <summary>Maps the part of Prometheus' HTTP API that the rehearsal answers.</summary>
internal static class PrometheusEndpoints
{
    private static readonly string[] GetAndPost = ["GET", "POST"];

    /// <summary>Maps the API below <c>/prometheus</c>, and <c>/metrics</c> for a real Prometheus.</summary>
    public static void MapPrometheus(this IEndpointRouteBuilder endpoints)
    {
        var group = endpoints.MapGroup("/prometheus").AddEndpointFilter(RefuseWhileDownAsync);
        group.MapGet("/-/healthy", () => Results.Text("Prometheus Server is Healthy.\n"));
        group.MapGet("/-/ready", () => Results.Text("Prometheus Server is Ready.\n"));
        group.MapGet("/api/v1/status/buildinfo", () => PrometheusAnswer.Success(new { version = "2.55.0-rehearsal", revision = "", branch = "", buildUser = "", buildDate = "", goVersion = "" }));
        Map(group, "/api/v1/query", PrometheusQueries.Instant);
        Map(group, "/api/v1/query_range", PrometheusQueries.Range);
        Map(group, "/api/v1/series", PrometheusQueries.Series);
        Map(group, "/api/v1/labels", PrometheusQueries.Labels);
        group.MapGet("/api/v1/label/{name}/values", (string name, HttpContext context, PrometheusQueries queries) =>
            AnswerAsync(context, queries, (all, parameters) => all.Values(parameters, name)));
        endpoints.MapGet("/metrics", (Scraper scraper) => Results.Text(Exposition.Write(scraper.Samples()), "text/plain; version=0.0.4; charset=utf-8"));
    }

    private static void Map(RouteGroupBuilder group, string pattern, Func<PrometheusQueries, PrometheusParameters, IResult> answer) =>
        group.MapMethods(pattern, GetAndPost, (HttpContext context, PrometheusQueries queries) => AnswerAsync(context, queries, answer));

    private static async Task<IResult> AnswerAsync(
        HttpContext context, PrometheusQueries queries, Func<PrometheusQueries, PrometheusParameters, IResult> answer)
    {
        try
        {
            return answer(queries, await PrometheusParameters.ReadAsync(context));
        }
        catch (PromQueryException error)
        {
            return PrometheusAnswer.BadData(error.Message);
        }
    }

    private static async ValueTask<object?> RefuseWhileDownAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var faults = context.HttpContext.RequestServices.GetRequiredService<IActiveFaults>();
        return faults.Active(FaultNames.MetricsDown).Count > 0
            ? Results.Text("Service Unavailable", statusCode: StatusCodes.Status503ServiceUnavailable)
            : await next(context);
    }
}
