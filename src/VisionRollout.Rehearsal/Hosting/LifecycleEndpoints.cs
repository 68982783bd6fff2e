using VisionRollout.Rehearsal.Cluster;
using VisionRollout.Rehearsal.Exec;
using VisionRollout.Rehearsal.KubernetesApi;

namespace VisionRollout.Rehearsal.Hosting;

/// <summary>What happened so far, and the end.</summary>
internal static class LifecycleEndpoints
{
    /// <summary>Maps <c>GET /effects</c> and <c>GET /requests</c>.</summary>
    public static void MapEffects(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/requests", (RequestLog requests) => Results.Json(requests.Read()));
        endpoints.MapGet("/effects", (ExecLog execs, WriteLog writes) => Results.Json(new { execs = execs.Records, writes = writes.Read() }));
    }

    /// <summary>Maps <c>POST /shutdown</c>: the answer is on its way before the end begins.</summary>
    public static void MapShutdown(this IEndpointRouteBuilder endpoints, ParentWatch parent) => endpoints.MapPost("/shutdown", (HttpContext context) =>
    {
        context.Response.OnCompleted(() =>
        {
            parent.End("POST /shutdown asked for it");
            return Task.CompletedTask;
        });
        return Results.Accepted();
    });
}
