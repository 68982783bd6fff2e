namespace VisionRollout.Rehearsal.Cluster;

/// <summary>Registers the cluster's state.</summary>
internal static class ClusterServices
{
    /// <summary>
    /// Adds <see cref="ObjectStore"/>, <see cref="ResourceCatalogue"/>, <see cref="WriteLog"/>, <see cref="TokenTable"/>,
    /// <see cref="IPodHealth"/>, and the controllers, which run as a hosted service; <see cref="ControllerQueue.SettleAsync"/>
    /// waits until they have nothing left to do.
    /// The caller registers <see cref="IClusterClock"/>, <see cref="IPodRuntime"/>, <see cref="IPodExec"/>,
    /// <see cref="IPodLogs"/>, <see cref="IPodUsage"/> and <see cref="IApiFaults"/>.
    /// </summary>
    public static IServiceCollection AddCluster(this IServiceCollection services)
    {
        services.AddSingleton(provider =>
        {
            var clock = provider.GetRequiredService<IClusterClock>();
            return new ObjectStore(() => clock.Now);
        });
        services.AddSingleton<ResourceCatalogue>();
        services.AddSingleton<WriteLog>();
        services.AddSingleton<TokenTable>();
        services.AddSingleton<EventRecorder>();
        services.AddSingleton<IPodHealth, PodHealth>();
        services.AddSingleton<ControllerQueue>();

        // The order in which they react to a change: a pod leaves its service's endpoints before it is stopped.
        services.AddSingleton<IController, ServiceEndpoints>();
        services.AddSingleton<IController, DeploymentController>();
        services.AddSingleton<IController, ReplicaSetController>();
        services.AddSingleton<IController, PodLifecycle>();
        services.AddSingleton<IController, GarbageCollector>();
        services.AddHostedService<ControllerLoop>();
        return services;
    }
}
