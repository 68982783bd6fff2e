using System.Text.Json;
using System.Text.Json.Nodes;
using VisionRollout.Core.Plan;
using VisionRollout.Core.Workloads;

namespace VisionRollout;

/// <summary>The scenario of a rehearsal cluster, made from the plan.</summary>
internal static class RehearsalScenario
{
    public static JsonObject Describe(RolloutPlan plan, PlanEnvironment environment, StartRehearsal options)
    {
        var start = options.At is { } at
            ? DateTime.SpecifyKind(at, DateTimeKind.Utc)
            : DateTime.UtcNow.Date.Add(plan.Timeline[0].Start.ToTimeSpan()).AddMinutes(-5);
        return new()
        {
            ["name"] = plan.Name,
            ["namespace"] = environment.Namespace,
            ["seed"] = options.Seed,
            ["start"] = new DateTimeOffset(start, TimeSpan.Zero),
            ["demandPerSecond"] = options.DemandPerSecond,
            ["probesPerSecond"] = options.ProbesPerSecond,
            ["scrapeSeconds"] = 15,
            ["route"] = Route(environment.Route),
            ["colourLabel"] = plan.Colours.Label,
            ["liveColour"] = plan.Colours.Names[0],
            ["liveVersion"] = options.LiveVersion,
            ["gatewayPort"] = options.GatewayPort,
            ["kubernetesPort"] = 0,
            ["controlPort"] = 0,
            ["services"] = new JsonArray([.. plan.Services.Select(service => Service(service, options.Replicas))]),
            ["versions"] = Versions(options),
            ["people"] = new JsonArray([.. People(plan)]),
            ["faults"] = new JsonArray(),
        };
    }

    private static JsonObject Route(PlanRoute route) => new()
    {
        ["kind"] = route.Kind,
        ["name"] = route.Name,
        ["hosts"] = Map(route.Hosts),
        ["header"] = route.Header,
        ["headerValue"] = route.HeaderValue,
        ["host"] = $"{route.Name}.example",
    };

    private static JsonObject Service(PlanService service, int replicas) => new()
    {
        ["name"] = service.Name,
        ["replicas"] = replicas,
        ["port"] = service.Port,
        ["container"] = service.Container,
        ["image"] = service.Image,
        ["deployments"] = Map(service.Deployments),
        ["database"] = service.Database.Name,
        ["secret"] = service.Database.Secret,
        ["external"] = JsonSerializer.SerializeToNode(service.External),
    };

    // Everybody whom the plan knows in the cluster has credentials of their own, so that two people can decide.
    private static IEnumerable<JsonObject> People(RolloutPlan plan) => plan.Contacts.Where(contact => contact.Identity is not null)
        .Select(contact => contact.Identity!.StartsWith(ClusterIdentity.GroupPrefix, StringComparison.Ordinal)
            ? (User: contact.Email, Groups: new[] { contact.Identity[ClusterIdentity.GroupPrefix.Length..] })
            : (User: contact.Identity, Groups: []))
        .GroupBy(person => person.User, person => person.Groups)
        .Select(person => new JsonObject { ["user"] = person.Key, ["groups"] = JsonSerializer.SerializeToNode(person.SelectMany(groups => groups).Distinct()) });

    // How versions behave unless a fault says otherwise: well within the plan's limits.
    private static JsonObject Versions(StartRehearsal options)
    {
        var versions = new JsonObject { [options.LiveVersion] = Profile(18, 62, 20, 0.45, 0.55) };
        foreach (var version in options.Version.Where(version => version != options.LiveVersion)) versions[version] = Profile(17, 60, 25, 0.44, 0.56);
        return versions;
    }

    private static JsonObject Profile(double median, double p99, int startup, double cpu, double memory) => new()
    {
        ["errorRate"] = 0.0003,
        ["latencyMedianMs"] = median,
        ["latencyP99Ms"] = p99,
        ["startupSeconds"] = startup,
        ["cpu"] = cpu,
        ["memory"] = memory,
    };

    private static JsonObject Map(IReadOnlyDictionary<string, string> map)
    {
        var json = new JsonObject();
        foreach (var (key, value) in map) json[key] = value;
        return json;
    }
}
