using VisionRollout.Adapters.Tests.Fakes;
using VisionRollout.Core.Plan;
using VisionRollout.Tests.Shared;

namespace VisionRollout.Adapters.Tests.Rehearsal;

/// <summary>A rehearsal cluster and the outside world that leads to it, shared by the tests of a class.</summary>
public sealed class RehearsalWorld : IAsyncLifetime
{
    private RehearsalCluster? cluster;
    private OutsideWorld? world;

    public RehearsalCluster Cluster => cluster!;

    public OutsideWorld World => world!;

    public PlanService Business => World.Plan.Services[0];

    public async ValueTask InitializeAsync()
    {
        var scenario = RehearsalScenarios.Small();
        scenario["demandPerSecond"] = 1000;
        scenario["probesPerSecond"] = 10;
        cluster = await RehearsalCluster.StartAsync(scenario, CancellationToken.None);
        var plan = TestPlans.Make(new RolloutEndpoints
        {
            KubeConfig = cluster["kubeconfig"],
            Context = cluster["context"],
            Prometheus = cluster.AddressOf("prometheus"),
            Alertmanager = cluster.AddressOf("alertmanager"),
            ChatWebhook = cluster.AddressOf("chatWebhook"),
            StatusPage = cluster.AddressOf("statusPage"),
            Clock = cluster.AddressOf("clock"),
        });
        world = new OutsideWorld(plan, plan.Environment());
    }

    public async ValueTask DisposeAsync()
    {
        world?.Dispose();
        if (cluster is not null) await cluster.DisposeAsync();
    }
}
