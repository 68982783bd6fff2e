using VisionRollout.Rehearsal.Cluster;
using VisionRollout.Rehearsal.Exec;
using VisionRollout.Rehearsal.Faults;
using VisionRollout.Rehearsal.Hooks;
using VisionRollout.Rehearsal.KubernetesApi;
using VisionRollout.Rehearsal.Mesh;
using VisionRollout.Rehearsal.Pods;
using VisionRollout.Rehearsal.Postgres;
using VisionRollout.Rehearsal.Scenario;
using VisionRollout.Rehearsal.Seed;
using VisionRollout.Rehearsal.Time;

namespace VisionRollout.Rehearsal.Hosting;

/// <summary>Puts the parts of the rehearsal together.</summary>
internal static class RehearsalServices
{
    /// <summary>Registers everything behind the endpoints.</summary>
    public static void AddRehearsal(this IServiceCollection services, RehearsalScenario scenario, ServiceDatabases databases)
    {
        services.AddSingleton(scenario);
        services.AddSingleton(databases);
        services.AddSingleton<IServiceDatabases>(databases);
        services.AddCluster();
        services.AddKubernetesApi();
        services.AddWorld();
        services.AddSingleton(_ => new VirtualClock(scenario.Start - RehearsalHost.Measured - RehearsalHost.WarmUp(scenario)));
        services.AddSingleton<ClusterSeed>();
        services.AddFaults(scenario);
        services.AddCommands();
        services.AddSingleton<HookLog>();
    }

    private static void AddFaults(this IServiceCollection services, RehearsalScenario scenario)
    {
        services.AddSingleton<FaultSchedule>();
        services.AddSingleton<IActiveFaults>(provider => provider.GetRequiredService<FaultSchedule>());
        services.AddSingleton(provider => new ApiFaults(provider.GetRequiredService<IActiveFaults>(), scenario.Seed));
        services.AddSingleton<IApiFaults>(provider => provider.GetRequiredService<ApiFaults>());
        services.AddSingleton<IFaultEffect>(provider => provider.GetRequiredService<ApiFaults>());
        services.AddSingleton<IFaultEffect, MigrationBlock>();
    }

    private static void AddCommands(this IServiceCollection services)
    {
        services.AddSingleton<ExecLog>();
        services.AddSingleton<EctoTasks>();
        services.AddSingleton<IPodExec, PodShell>();
    }
}
