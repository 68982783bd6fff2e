using VisionRollout.Adapters.Kubernetes;
using VisionRollout.Adapters.Traffic;
using VisionRollout.Core.Clock;
using VisionRollout.Core.Plan;
using VisionRollout.Core.Traffic;
using VisionRollout.Core.Workloads;

namespace VisionRollout.Adapters;

/// <summary>All outside systems of one environment, each behind its port and made when first used. Safe for concurrent use.</summary>
public sealed class OutsideWorld : IDisposable
{
    private readonly Lazy<IRolloutClock> clock;
    private readonly Lazy<KubernetesConnection> cluster;
    private readonly Lazy<IWorkloads> workloads;
    private readonly Lazy<IPodAccess> pods;
    private readonly Lazy<IClusterObjects> objects;
    private readonly Lazy<ITrafficRouter> router;

    /// <summary>Describes the outside world; nothing is contacted yet.</summary>
    public OutsideWorld(RolloutPlan plan, PlanEnvironment environment)
    {
        Plan = plan;
        Environment = environment;
        clock = new(() => new SystemClock());
        cluster = new(() => new KubernetesConnection(environment));
        workloads = new(() => new KubernetesWorkloads(cluster.Value, plan));
        pods = new(() => new KubernetesPodAccess(cluster.Value));
        objects = new(() => new KubernetesObjects(cluster.Value));
        router = new(() => new ClusterRouter(cluster.Value, environment.Route, plan.Colours));
    }

    /// <summary>The plan.</summary>
    public RolloutPlan Plan { get; }

    /// <summary>The environment.</summary>
    public PlanEnvironment Environment { get; }

    /// <summary>The clock.</summary>
    public IRolloutClock Clock => clock.Value;

    /// <summary>The plan's Deployments and pods.</summary>
    public IWorkloads Workloads => workloads.Value;

    /// <summary>Commands and requests in pods.</summary>
    public IPodAccess Pods => pods.Value;

    /// <summary>Secrets and ConfigMaps of the environment, and who we are in its cluster.</summary>
    public IClusterObjects Objects => objects.Value;

    /// <summary>The environment's traffic route.</summary>
    public ITrafficRouter Router => router.Value;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (cluster.IsValueCreated) cluster.Value.Dispose();
    }
}
