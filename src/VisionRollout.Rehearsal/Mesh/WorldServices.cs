using System.Net;
using VisionRollout.Rehearsal.Alerts;
using VisionRollout.Rehearsal.Cluster;
using VisionRollout.Rehearsal.Demand;
using VisionRollout.Rehearsal.Faults;
using VisionRollout.Rehearsal.Ledger;
using VisionRollout.Rehearsal.Metrics;
using VisionRollout.Rehearsal.Pods;
using VisionRollout.Rehearsal.Scenario;
using VisionRollout.Rehearsal.Time;

namespace VisionRollout.Rehearsal.Mesh;

/// <summary>Registers the clock, the pods, the gateway, the demand, the metrics, the alerts and the ledger.</summary>
internal static class WorldServices
{
    /// <summary>
    /// Adds <see cref="VirtualClock"/> (also as <see cref="IClusterClock"/>), <see cref="PodServers"/> (<see cref="IPodRuntime"/>),
    /// <see cref="IPodLogs"/>, <see cref="IPodUsage"/>, <see cref="Gateway"/>, <see cref="ProbeTraffic"/>, <see cref="ProbeLedger"/>,
    /// <see cref="ClockTicks"/> and what they need. The caller registers <see cref="RehearsalScenario"/>, the cluster
    /// (<see cref="ClusterServices.AddCluster"/>), <see cref="IActiveFaults"/> and <see cref="IServiceDatabases"/>, and then calls in this order:
    /// <see cref="VirtualClock.Start"/>, <see cref="ClockTicks.Start"/>, <see cref="Gateway.StartAsync"/> and, when the live colour
    /// is ready, <see cref="ProbeTraffic.Start"/>.
    /// </summary>
    public static IServiceCollection AddWorld(this IServiceCollection services)
    {
        services.AddSingleton(provider => new VirtualClock(provider.GetRequiredService<RehearsalScenario>().Start));
        services.AddSingleton<IClusterClock>(provider => provider.GetRequiredService<VirtualClock>());
        services.AddSingleton<MeshView>();
        services.AddSingleton<DataPlane>();
        services.AddSingleton<Gateway>();
        AddPods(services);
        AddMeasurement(services);
        services.AddSingleton<ProbeLedger>();
        services.AddSingleton<ProbeTraffic>();
        return services;
    }

    private static void AddPods(IServiceCollection services)
    {
        services.AddSingleton(provider => new PodWorld(
            provider.GetRequiredService<RehearsalScenario>(),
            provider.GetRequiredService<IClusterClock>(),
            provider.GetRequiredService<MeshView>(),
            provider.GetRequiredService<IActiveFaults>(),
            provider.GetRequiredService<IServiceDatabases>(),
            PeerClient()));
        services.AddSingleton<PodLogStore>();
        services.AddSingleton<IPodLogs>(provider => provider.GetRequiredService<PodLogStore>());
        services.AddSingleton<PodServers>();
        services.AddSingleton<IPodRuntime>(provider => provider.GetRequiredService<PodServers>());
        services.AddSingleton<PodLoads>();
        services.AddSingleton<IPodUsage>(provider => provider.GetRequiredService<PodLoads>());
        services.AddSingleton<Func<IPodHealth>>(provider => provider.GetRequiredService<IPodHealth>);
        services.AddSingleton<IClockTick, PodFaultWatch>();
    }

    private static void AddMeasurement(IServiceCollection services)
    {
        services.AddSingleton<RequestMetrics>();
        services.AddSingleton<TimeSeriesStore>();
        services.AddSingleton<PrometheusQueries>();
        services.AddSingleton<SimulatedDemand>();
        services.AddSingleton<IClockTick>(provider => provider.GetRequiredService<SimulatedDemand>());
        services.AddSingleton<Scraper>();
        services.AddSingleton<IClockTick>(provider => provider.GetRequiredService<Scraper>());
        services.AddSingleton<AlertStore>();
        services.AddSingleton<IClockTick, AlertRules>();
        services.AddSingleton(provider => new ClockTicks(
            provider.GetRequiredService<VirtualClock>(),
            TimeSpan.FromSeconds(provider.GetRequiredService<RehearsalScenario>().ScrapeSeconds),
            provider.GetServices<IClockTick>()));
    }

    /// <summary>The client by which pods call each other.</summary>
    internal static HttpClient PeerClient() => new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null,
        ConnectTimeout = TimeSpan.FromSeconds(2),
    })
    {
        Timeout = TimeSpan.FromSeconds(10),
    };
}
