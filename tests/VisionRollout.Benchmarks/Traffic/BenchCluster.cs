using System.Text.Json.Nodes;
using VisionRollout.Adapters;
using VisionRollout.Adapters.Tests.Fakes;
using VisionRollout.Core.Plan;
using VisionRollout.Tests.Shared;

namespace VisionRollout.Benchmarks.Traffic;

/// <summary>A rehearsal cluster with v1.0.0 in green and v1.1.0 in blue, and the module's way to it.</summary>
internal sealed class BenchCluster(RehearsalCluster cluster, OutsideWorld world) : IAsyncDisposable
{
    public RehearsalCluster Cluster { get; } = cluster;

    public OutsideWorld World { get; } = world;

    /// <summary>Starts it and waits until both colours are ready.</summary>
    /// <param name="scenario">What is in it.</param>
    public static async Task<BenchCluster> StartAsync(JsonObject scenario)
    {
        var cluster = await RehearsalCluster.StartAsync(scenario, CancellationToken.None);
        var endpoints = new RolloutEndpoints { KubeConfig = cluster["kubeconfig"], Context = cluster["context"], Prometheus = cluster.AddressOf("prometheus"), Clock = cluster.AddressOf("clock") };
        var plan = TestPlans.Make(endpoints, TestPlans.Route, [.. scenario["services"]!.AsArray().Select(service => (string)service!["name"]!)]);
        var world = new OutsideWorld(plan, plan.Environment());
        foreach (var service in plan.Services) await world.Workloads.DeployAsync(service, "green", "blue", "v1.1.0", CancellationToken.None);
        while (!(await world.Workloads.ListAsync("blue", CancellationToken.None)).All(workload => workload.IsReady)) await cluster.AdvanceAsync(TimeSpan.FromSeconds(5), CancellationToken.None);
        return new(cluster, world);
    }

    /// <summary>How many requests the API server has seen from the module.</summary>
    public async Task<long> RequestsAsync() =>
        (await Cluster.GetAsync("requests", CancellationToken.None)).AsArray().Where(item => (string)item!["user"]! == "rehearsal-admin").Sum(item => (long)item!["count"]!);

    public async ValueTask DisposeAsync()
    {
        World.Dispose();
        await Cluster.DisposeAsync();
    }
}
