using System.Data.Common;
using System.Text.Json.Nodes;
using VisionRollout.Rehearsal.Faults;
using VisionRollout.Rehearsal.Mesh;

namespace VisionRollout.Rehearsal.Pods;

/// <summary>
/// <c>GET /health</c> in the form of draft-inadarei-api-health-check-06 (application/health+json): the database, the external
/// systems and the other services, each really tried.
/// </summary>
internal sealed class PodHealthCheck(PodIdentity identity, PodWorld world, EastWestCalls eastWest)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    /// <summary>Answers one request: 200 for pass and warn, 503 for fail.</summary>
    public async Task WriteAsync(HttpContext context)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        limit.CancelAfter(Limit);
        var checks = new JsonObject();
        if (world.Databases.Find(identity.Service) is not null)
            checks["postgres:connections"] = new JsonArray(await DatabaseAsync(limit.Token));
        foreach (var name in world.Scenario.Service(identity.Service)?.External ?? [])
            checks[$"external:{name}"] = new JsonArray(External(name));
        foreach (var peer in world.Scenario.Services.Where(service => service.Name != identity.Service))
            checks[$"mesh:{peer.Name}"] = new JsonArray(await PeerAsync(peer.Name, limit.Token));
        var status = Worst(checks);
        var body = new JsonObject
        {
            ["status"] = status,
            ["version"] = identity.ImageTag,
            ["serviceId"] = identity.Service,
            ["description"] = $"{identity.Service} ({identity.Colour}) in pod {identity.Name}",
            ["checks"] = checks,
        };
        await PodAnswer.WriteJsonAsync(
            context, status == "fail" ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK, body, "application/health+json");
    }

    private static string Worst(JsonObject checks)
    {
        var all = checks.SelectMany(check => check.Value!.AsArray()).Select(item => (string?)item!["status"]).ToArray();
        return all.Contains("fail") ? "fail" : all.Contains("warn") ? "warn" : "pass";
    }

    private async Task<JsonNode> DatabaseAsync(CancellationToken token)
    {
        try
        {
            await using var command = world.Databases.Find(identity.Service)!
                .CreateCommand("select count(*) from pg_stat_activity where datname = current_database()");
            var connections = (long)(await command.ExecuteScalarAsync(token))!;
            return new JsonObject
            {
                ["componentType"] = "datastore",
                ["status"] = "pass",
                ["observedValue"] = connections,
                ["observedUnit"] = "connections",
                ["time"] = Time(),
            };
        }
        catch (Exception error) when (error is DbException or OperationCanceledException or TimeoutException or InvalidOperationException)
        {
            return Failed("datastore", error.Message);
        }
    }

    private JsonObject External(string name)
    {
        var down = world.Faults.Active(FaultNames.ExternalService).Any(fault => fault.Hits(identity.Service, identity.Colour, identity.ImageTag, identity.Name));
        if (!down)
            return new JsonObject { ["componentType"] = "system", ["status"] = "pass", ["time"] = Time() };
        if (!identity.Fallback && !world.Mesh.Current.FallbackOn(identity.Service))
            return Failed("system", $"{name} does not answer");
        return new JsonObject { ["componentType"] = "system", ["status"] = "warn", ["output"] = $"{name} does not answer; fallback in use", ["time"] = Time() };
    }

    private async Task<JsonNode> PeerAsync(string service, CancellationToken token)
    {
        try
        {
            return await eastWest.CanReachAsync(service, token)
                ? new JsonObject { ["componentType"] = "component", ["status"] = "pass", ["time"] = Time() }
                : Failed("component", $"no {identity.Colour} pod of {service} can be reached");
        }
        catch (OperationCanceledException)
        {
            return Failed("component", $"{service} did not answer in time");
        }
    }

    private JsonObject Failed(string type, string output) =>
        new() { ["componentType"] = type, ["status"] = "fail", ["output"] = output, ["time"] = Time() };

    private string Time() => Cluster.ObjectStore.Timestamp(world.Clock.Now);
}
