using System.Text.Json;
using System.Text.Json.Nodes;
using VisionRollout.Core.Plan;
using VisionRollout.Module.Tests.Plan;
using VisionRollout.Plan;
using Cluster = VisionRollout.Tests.Shared.RehearsalCluster;

namespace VisionRollout.Module.Tests.World;

/// <summary>A rehearsal cluster for the example plan with one pod per service, shared by the tests of one collection, which run one after the other.</summary>
public class RolloutCluster : IAsyncLifetime
{
    private Cluster? cluster;

    /// <summary>The example plan, read once.</summary>
    public RolloutPlan Plan { get; } = PlanFile.Load(ExamplePlan.Path);

    /// <summary>The process.</summary>
    internal Cluster Process => cluster ?? throw new InvalidOperationException("The cluster was not started.");

    /// <summary>The addresses.</summary>
    public RolloutEndpoints Endpoints { get; private set; } = new();

    public async ValueTask InitializeAsync()
    {
        var options = new StartRehearsal { Replicas = 1, ProbesPerSecond = 5, At = new DateTime(2026, 11, 23, 0, 5, 0, DateTimeKind.Utc) };
        var scenario = RehearsalScenario.Describe(Plan, Plan.Environments[0], options);
        cluster = await Cluster.StartAsync(scenario, CancellationToken.None);
        var ready = JsonNode.Parse(cluster.Ready.ToJsonString())!.AsObject();
        ready["kubeConfig"] = cluster["kubeconfig"];
        ready.Remove("kubeconfig");
        Endpoints = ready.Deserialize<RolloutEndpoints>(JsonSerializerOptions.Web)!;
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (cluster is not null) await cluster.DisposeAsync();
    }
}
