using System.Text.Json.Nodes;
using VisionRollout.Adapters.Tests.Fakes;
using VisionRollout.Core.Plan;
using VisionRollout.Tests.Shared;

namespace VisionRollout.Adapters.Tests.Cluster;

/// <summary>A rehearsal cluster at full size, under real load, with both colours deployed. VISIONROLLOUT_TEST_PROBES sets the requests per second (120).</summary>
public sealed class CycleCluster : IAsyncLifetime
{
    private RehearsalCluster? cluster;
    private OutsideWorld? world;

    public RehearsalCluster Cluster => cluster!;

    public OutsideWorld World => world!;

    private static CancellationToken Token => CancellationToken.None;

    public async ValueTask InitializeAsync() => (cluster, world) = await StartAsync("VirtualService");

    public async ValueTask DisposeAsync()
    {
        world?.Dispose();
        if (cluster is not null) await cluster.DisposeAsync();
    }

    /// <summary>Starts a cluster whose route is of that kind, and brings v1.1.0 up in blue.</summary>
    public static async Task<(RehearsalCluster Cluster, OutsideWorld World)> StartAsync(string routeKind)
    {
        var scenario = RehearsalScenarios.Whole();
        scenario["route"]!["kind"] = routeKind;
        scenario["probesPerSecond"] = int.TryParse(System.Environment.GetEnvironmentVariable("VISIONROLLOUT_TEST_PROBES"), out var probes) ? probes : 120;
        var cluster = await RehearsalCluster.StartAsync(scenario, Token);
        var endpoints = new RolloutEndpoints { KubeConfig = cluster["kubeconfig"], Context = cluster["context"], Prometheus = cluster.AddressOf("prometheus"), Clock = cluster.AddressOf("clock") };
        var plan = TestPlans.Make(endpoints, TestPlans.Route with { Kind = routeKind }, "business", "core", "swarm", "development");
        var world = new OutsideWorld(plan, plan.Environment());
        foreach (var service in plan.Services) await world.Workloads.DeployAsync(service, "green", "blue", "v1.1.0", Token);
        while (!(await world.Workloads.ListAsync("blue", Token)).All(workload => workload.IsReady)) await cluster.AdvanceAsync(TimeSpan.FromSeconds(5), Token);
        return (cluster, world);
    }

    /// <summary>The probes so far: what was asked, and what became of it.</summary>
    public static async Task<JsonNode> TrafficAsync(RehearsalCluster cluster) => await cluster.GetAsync("traffic", Token);
}
