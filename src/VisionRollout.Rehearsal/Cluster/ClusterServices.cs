namespace VisionRollout.Rehearsal.Cluster;

/// <summary>Registers the cluster's state.</summary>
internal static class ClusterServices
{
    /// <summary>
    /// Adds <see cref="ObjectStore"/>, <see cref="ResourceCatalogue"/>, <see cref="WriteLog"/> and <see cref="TokenTable"/>.
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
        return services;
    }
}
