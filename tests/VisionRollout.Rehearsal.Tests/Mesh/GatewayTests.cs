using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using VisionRollout.Rehearsal.Cluster;
using VisionRollout.Rehearsal.Faults;
using VisionRollout.Rehearsal.Mesh;
using VisionRollout.Rehearsal.Metrics;

namespace VisionRollout.Rehearsal.Tests.Mesh;

public sealed class GatewayTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task Requests_are_answered_by_the_service_asked_whichever_pod_they_enter()
    {
        await using var world = await TestWorld.StartAsync();
        for (var turn = 0; turn < 10; turn++)
        {
            var service = turn % 2 == 0 ? "business" : "core";
            using var response = await world.GetAsync($"/{service}/items/{turn}", token: Token);
            var body = await response.Content.ReadFromJsonAsync<JsonObject>(Token);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal(service, (string?)body!["service"]);
            Assert.Equal("green", (string?)body["colour"]);
            Assert.Equal("v1.0.0", (string?)body["version"]);
            Assert.Equal($"/{service}/items/{turn}", (string?)body["path"]);
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task The_canary_header_goes_to_the_new_colour_at_weight_zero()
    {
        await using var world = await TestWorld.StartAsync();
        using var canary = await world.GetAsync("/core/", "true", Token);
        using var other = await world.GetAsync("/core/", "false", Token);

        Assert.Equal("blue", canary.Headers.GetValues("x-colour").Single());
        Assert.Equal("green", other.Headers.GetValues("x-colour").Single());
    }

    [Fact(Timeout = 60_000)]
    public async Task Weights_split_requests_in_their_proportion()
    {
        await using var world = await TestWorld.StartAsync();
        world.Route(75, 25);
        var blue = 0;
        for (var request = 0; request < 800; request++)
        {
            using var response = await world.GetAsync("/business/", token: Token);
            blue += response.Headers.GetValues("x-colour").Single() == "blue" ? 1 : 0;
        }

        // 800 draws at 25%: 200, standard deviation 12.2; the seed fixes the outcome, four deviations bound it.
        Assert.InRange(blue, 151, 249);
        Assert.Equal(25, world.Get<DataPlane>().Current.Weights["blue"]);
    }

    [Fact(Timeout = 120_000)]
    public async Task No_ready_endpoint_answers_503_UH_and_no_route_404_NR()
    {
        await using var world = await TestWorld.StartAsync(idleVersion: null);
        using var unhealthy = await world.GetAsync("/core/", "true", Token);
        var request = new HttpRequestMessage(HttpMethod.Get, world.Gateway) { Headers = { Host = "elsewhere.example" } };
        using var unrouted = await world.Client.SendAsync(request, Token);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, unhealthy.StatusCode);
        Assert.Equal("UH", unhealthy.Headers.GetValues(Gateway.FlagsHeader).Single());
        Assert.Equal(HttpStatusCode.NotFound, unrouted.StatusCode);
        Assert.Equal("NR", unrouted.Headers.GetValues(Gateway.FlagsHeader).Single());
        Assert.Contains(world.Get<RequestMetrics>().All, series => series.Key is { Flags: "UH", Reporter: "source", Code: 503, Host: "vision-to-code-blue" });
    }

    [Fact(Timeout = 120_000)]
    public async Task An_address_where_nobody_listens_is_passed_over_and_alone_answers_UF()
    {
        await using var world = await TestWorld.StartAsync();
        var pod = world.ReadyPods("blue")[0];
        world.Put("", "services", """{ "metadata": { "name": "half" }, "spec": { "ports": [ { "port": 80 } ] } }""");
        PutEndpoints(world, "half", ("127.0.0.1", 1), (world.Get<MeshView>().Current.Ready.First(ready => ready.Pod.Name == pod.Name).Address.Split(':')[0], 8080));
        PutEndpoints(world, "dead", ("127.0.0.1", 1));
        RouteTo(world, "half");
        for (var turn = 0; turn < 6; turn++)
        {
            using var response = await world.GetAsync("/business/", token: Token);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        RouteTo(world, "dead");
        using var failed = await world.GetAsync("/business/", token: Token);
        Assert.Equal("UF", failed.Headers.GetValues(Gateway.FlagsHeader).Single());

        void PutEndpoints(TestWorld target, string name, params (string Ip, int Port)[] addresses) => target.Put("", "endpoints", new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = name },
            ["subsets"] = new JsonArray([.. addresses.Select(address => new JsonObject
            {
                ["addresses"] = new JsonArray(new JsonObject { ["ip"] = address.Ip, ["targetRef"] = new JsonObject { ["name"] = pod.Name } }),
                ["ports"] = new JsonArray(new JsonObject { ["port"] = address.Port }),
            })]),
        }.ToJsonString());

        static void RouteTo(TestWorld target, string host) => target.Put("networking.istio.io", "virtualservices", $$$"""
            { "metadata": { "name": "vision-to-code" }, "spec": { "hosts": ["*"], "http": [ { "route": [ { "destination": { "host": "{{{host}}}" } } ] } ] } }
            """);
    }

    [Fact(Timeout = 120_000)]
    public async Task Route_lag_delays_new_weights_on_the_virtual_clock()
    {
        await using var world = await TestWorld.StartAsync();
        world.Fault(new ActiveFault(FaultNames.RouteLag, null, null, null, null, 60));
        world.Route(0, 100);
        await world.AdvanceAsync(TimeSpan.FromSeconds(50));
        Assert.Equal(100, world.Get<DataPlane>().Current.Weights["green"]);
        await world.AdvanceAsync(TimeSpan.FromSeconds(15));
        Assert.Equal(100, world.Get<DataPlane>().Current.Weights["blue"]);
        Assert.Equal([100d, 0d], world.Get<DataPlane>().Changes.Select(change => change.Weights["green"]));
    }

    [Fact(Timeout = 120_000)]
    public async Task An_HTTPRoute_routes_like_a_VirtualService()
    {
        await using var world = await TestWorld.StartAsync();
        world.Store.Delete(new ObjectKey("networking.istio.io", "virtualservices", world.Scenario.Namespace, "vision-to-code"));
        world.Put("gateway.networking.k8s.io", "httproutes", """
            { "metadata": { "name": "vision-to-code" }, "spec": { "hostnames": ["vision-to-code.example"], "rules": [
              { "backendRefs": [ { "name": "vision-to-code-green", "port": 80, "weight": 90 }, { "name": "vision-to-code-blue", "port": 80, "weight": 10 } ] },
              { "matches": [ { "headers": [ { "name": "canary", "value": "true" } ] } ], "backendRefs": [ { "name": "vision-to-code-blue", "port": 80 } ] } ] } }
            """);
        using var canary = await world.GetAsync("/core/", "true", Token);

        Assert.Equal("blue", canary.Headers.GetValues("x-colour").Single());
        Assert.Equal(90, world.Get<DataPlane>().Current.Weights["green"]);
        Assert.Equal(100, world.Get<DataPlane>().Current.HeaderWeights["blue"]);
    }

    [Fact(Timeout = 60_000)]
    public async Task No_request_is_lost_while_weights_change_and_pods_are_deleted_under_load()
    {
        await using var world = await TestWorld.StartAsync();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var answered = 0;
        var failures = new ConcurrentQueue<string>();
        var clients = Enumerable.Range(0, 16).Select(number => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                using var response = await world.GetAsync($"/{(number % 2 == 0 ? "business" : "core")}/", token: Token);
                Interlocked.Increment(ref answered);
                if (!response.IsSuccessStatusCode)
                    failures.Enqueue($"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync(Token)}");
            }
        }, Token)).ToArray();

        foreach (var weight in (int[])[5, 25, 50, 100, 0, 50])
        {
            world.Route(100 - weight, weight);
            var victim = world.ReadyPods(weight == 100 ? "green" : "blue")[0];
            world.Store.Update(new ObjectKey("", "pods", victim.Namespace, victim.Name), pod =>
            {
                pod["metadata"]!["deletionTimestamp"] = ObjectStore.Timestamp(world.Clock.Now);
                return pod;
            });
            await world.AdvanceAsync(TimeSpan.FromSeconds(60));
            var before = Volatile.Read(ref answered);
            while (Volatile.Read(ref answered) < before + 300)
                await Task.Yield();
        }

        await stop.CancelAsync();
        await Task.WhenAll(clients);
        Assert.Empty(failures);
        Assert.True(answered > 1_800);
    }
}
