using System.Text.Json.Nodes;
using VisionRollout.Adapters.Kubernetes;
using VisionRollout.Adapters.Tests.Fakes;
using VisionRollout.Adapters.Traffic;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Plan;
using VisionRollout.Core.Traffic;

namespace VisionRollout.Adapters.Tests.Cluster;

/// <summary>Both kinds of routes on an API server, a real one where there is one: whatever is not ours stays to the byte.</summary>
public sealed class RouterTests(ApiServer server) : IClassFixture<ApiServer>
{
    private const int Limit = 120_000;
    private readonly string name = $"route-{Guid.NewGuid():N}"[..20];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static PlanColours Colours { get; } = new("deployment-color", ["green", "blue"]);

    [Theory(Timeout = Limit)]
    [InlineData("VirtualService", "networking.istio.io/v1", "virtualservices", "http", """
        { "hosts": ["shop.example"], "gateways": ["mesh"], "exportTo": ["."],
          "http": [ { "match": [ { "uri": { "prefix": "/docs" } } ], "route": [ { "destination": { "host": "docs" } } ], "timeout": "3.5s" },
                    { "name": "main", "timeout": "10s", "retries": { "attempts": 2 }, "mirrorPercentage": { "value": 1.5 }, "route": [ { "destination": { "host": "vision-to-code-green", "port": { "number": 80 } }, "weight": 100 } ] } ],
          "tcp": [ { "route": [ { "destination": { "host": "queue" } } ] } ] }
        """)]
    [InlineData("HTTPRoute", "gateway.networking.k8s.io/v1", "httproutes", "rules", """
        { "hostnames": ["shop.example"], "parentRefs": [ { "name": "public" } ],
          "rules": [ { "matches": [ { "path": { "type": "PathPrefix", "value": "/docs" } } ], "backendRefs": [ { "name": "docs", "port": 80 } ] },
                     { "timeouts": { "request": "10s" }, "filters": [ { "type": "RequestHeaderModifier", "requestHeaderModifier": { "set": [ { "name": "x-a", "value": "1" } ] } } ],
                       "backendRefs": [ { "name": "vision-to-code-green", "port": 80, "weight": 100 } ] } ] }
        """)]
    public async Task There_and_back_leaves_the_route_as_it_was(string kind, string api, string plural, string entries, string spec)
    {
        var made = await server.CreateInAsync($"apis/{api}", plural, new JsonObject
        {
            ["apiVersion"] = api, ["kind"] = kind, ["spec"] = JsonNode.Parse(spec),
            ["metadata"] = new JsonObject { ["name"] = name, ["annotations"] = new JsonObject { ["owner"] = "platform" } },
        });
        using var connection = server.Connect();
        var router = new ClusterRouter(connection, TestPlans.Route with { Kind = kind, Name = name }, Colours);
        var before = await router.ReadAsync(Token);
        var canary = await router.WriteAsync(before, Weights(0.05), "blue", isWayBack: false, Token);
        Assert.Equal((0.05, "blue"), (canary.Weights["blue"], canary.HeaderColour));
        var back = await router.WriteAsync(canary, Weights(0), null, isWayBack: false, Token);
        Assert.Equal((1.0, "visionrollout"), (back.Weights["green"], back.Managers[^1]));

        var stored = await connection.SendAsync(KubernetesRequest.Get(connection.PathOf($"apis/{api}", plural, name), name), Token);
        // What is left of the rollout is the new colour's destination, without weight.
        var destinations = stored["spec"]![entries]![1]![entries == "http" ? "route" : "backendRefs"]!.AsArray();
        Assert.Equal(2, destinations.Count);
        destinations.RemoveAt(1);
        Assert.True(JsonNode.DeepEquals(made["spec"], stored["spec"]), stored["spec"]!.ToJsonString());
        Assert.Equal(made["spec"]![entries]!.ToJsonString(), stored["spec"]![entries]!.ToJsonString());
        Assert.Equal("platform", (string?)stored["metadata"]!["annotations"]!["owner"]);
    }

    [Fact(Timeout = Limit)]
    public async Task Routes_of_both_kinds_move_together_or_not_at_all()
    {
        await CreateAsync("""[ { "route": [ { "destination": { "host": "vision-to-code-green" } } ] } ]""");
        await server.CreateInAsync("apis/gateway.networking.k8s.io/v1", "httproutes", new JsonObject
        {
            ["apiVersion"] = "gateway.networking.k8s.io/v1", ["kind"] = "HTTPRoute", ["metadata"] = new JsonObject { ["name"] = name },
            ["spec"] = JsonNode.Parse("""{ "rules": [ { "backendRefs": [ { "name": "vision-to-code-green", "port": 80, "weight": 1 } ] } ] }"""),
        });
        using var connection = server.Connect();
        var mesh = new ClusterRouter(connection, TestPlans.Route with { Name = name }, Colours);
        var gateway = new ClusterRouter(connection, TestPlans.Route with { Kind = "HTTPRoute", Name = name }, Colours);
        var group = new RouteGroup([mesh, gateway]);
        var seen = await group.ReadAsync(Token);
        Assert.Equal("green", seen.LiveColour);

        await gateway.WriteAsync(await gateway.ReadAsync(Token), Weights(0.5), null, isWayBack: false, Token);
        Assert.Equal("RouteChanged", (await Assert.ThrowsAsync<RolloutException>(() => group.WriteAsync(seen, Weights(0.05), "blue", isWayBack: false, Token))).Id);
        Assert.Equal((0.0, null), ((await mesh.ReadAsync(Token)).Weights["blue"], (await mesh.ReadAsync(Token)).HeaderColour)); // put back

        var canary = await group.WriteAsync(await group.ReadAsync(Token), Weights(0.05), "blue", isWayBack: false, Token);
        Assert.Equal([0.05, 0.05], canary.Parts.Select(part => part.Weights["blue"]));
        var back = await group.WriteAsync(await group.ReadAsync(Token), Weights(0), null, isWayBack: true, Token);
        Assert.Equal((1.0, null), (back.Weights["green"], back.HeaderColour));
    }

    [Fact(Timeout = Limit)]
    public async Task Of_two_writers_that_start_from_the_same_version_one_is_refused()
    {
        await CreateAsync("""[ { "route": [ { "destination": { "host": "vision-to-code-green" } } ] } ]""");
        using var one = server.Connect();
        using var two = server.Connect();
        var route = TestPlans.Route with { Name = name };
        var (first, second) = (new ClusterRouter(one, route, Colours), new ClusterRouter(two, route, Colours));
        var seen = await first.ReadAsync(Token);
        await second.WriteAsync(await second.ReadAsync(Token), Weights(0.5), null, isWayBack: false, Token);
        var error = await Assert.ThrowsAsync<RolloutException>(() => first.WriteAsync(seen, Weights(0.05), "blue", isWayBack: false, Token));
        Assert.Equal(("RouteChanged", RolloutErrorKind.Conflict), (error.Id, error.Kind));
        Assert.Equal(0.5, (await first.ReadAsync(Token)).Weights["blue"]);
    }

    [Fact(Timeout = Limit)]
    public async Task Colours_that_share_a_host_are_told_apart_by_their_subsets_which_must_be_defined_first()
    {
        await CreateAsync($$"""[ { "route": [ { "destination": { "host": "{{name}}", "subset": "green" }, "weight": 100 } ] } ]""");
        using var connection = server.Connect();
        var route = TestPlans.Route with
        {
            Name = name, Hosts = new Dictionary<string, string> { ["green"] = name, ["blue"] = name }, Subsets = new Dictionary<string, string> { ["green"] = "green", ["blue"] = "blue" },
        };
        var router = new ClusterRouter(connection, route, Colours);
        var seen = await router.ReadAsync(Token);
        Assert.Equal("green", seen.LiveColour);
        Assert.SkipWhen(server.Rehearsal is null, "DestinationRules are registered in the rehearsal only.");

        await RuleAsync("green");
        var error = await Assert.ThrowsAsync<RolloutException>(() => router.WriteAsync(seen, Weights(0.05), "blue", isWayBack: false, Token));
        Assert.Equal("SubsetMissing", error.Id);
        await RuleAsync("green", "blue");
        var canary = await router.WriteAsync(seen, Weights(0.05), "blue", isWayBack: false, Token);
        Assert.Equal((0.05, 0.95, "blue"), (canary.Weights["blue"], canary.Weights["green"], canary.HeaderColour));
        Assert.Equal("green", (await router.WriteAsync(canary, Weights(0), null, isWayBack: false, Token)).LiveColour);
    }

    private static Dictionary<string, double> Weights(double blue) => new() { ["green"] = 1 - blue, ["blue"] = blue };

    private Task<JsonObject> CreateAsync(string entries) => server.CreateInAsync("apis/networking.istio.io/v1", "virtualservices", new JsonObject
    {
        ["apiVersion"] = "networking.istio.io/v1", ["kind"] = "VirtualService", ["metadata"] = new JsonObject { ["name"] = name },
        ["spec"] = new JsonObject { ["hosts"] = new JsonArray("shop.example"), ["http"] = JsonNode.Parse(entries) },
    });

    private async Task RuleAsync(params string[] subsets)
    {
        var path = server.Connection.PathOf("apis/networking.istio.io/v1", "destinationrules", name);
        await server.Connection.SendAsync(KubernetesRequest.Apply(path, name, new JsonObject
        {
            ["apiVersion"] = "networking.istio.io/v1", ["kind"] = "DestinationRule", ["metadata"] = new JsonObject { ["name"] = name },
            ["spec"] = new JsonObject { ["host"] = name, ["subsets"] = new JsonArray([.. subsets.Select(subset => new JsonObject { ["name"] = subset, ["labels"] = new JsonObject { ["deployment-color"] = subset } })]) },
        }, force: true), Token);
    }
}
