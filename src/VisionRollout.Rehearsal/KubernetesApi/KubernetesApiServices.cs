using VisionRollout.Rehearsal.Cluster;

namespace VisionRollout.Rehearsal.KubernetesApi;

/// <summary>Registers the Kubernetes API.</summary>
internal static class KubernetesApiServices
{
    /// <summary>
    /// Adds <see cref="KubernetesApiServer"/>; needs what <see cref="ClusterServices.AddCluster"/> adds and asks for.
    /// Nothing is opened until <see cref="KubernetesApiServer.StartAsync"/> is called.
    /// </summary>
    public static IServiceCollection AddKubernetesApi(this IServiceCollection services, KubernetesApiOptions? options = null)
    {
        services.AddHttpForwarder();
        services.AddSingleton(options ?? new KubernetesApiOptions());
        services.AddSingleton<ServerCertificate>();
        services.AddSingleton<Discovery>();
        services.AddSingleton<OpenApi>();
        services.AddSingleton<ObjectReads>();
        services.AddSingleton<WatchStream>();
        services.AddSingleton<ObjectWrites>();
        services.AddSingleton<ObjectDeletes>();
        services.AddSingleton<PodExecEndpoint>();
        services.AddSingleton<PodLogEndpoint>();
        services.AddSingleton<ProxyEndpoint>();
        services.AddSingleton<Reviews>();
        services.AddSingleton<ResourceMetrics>();
        services.AddSingleton<RequestLog>();
        services.AddSingleton<ApiDispatcher>();
        services.AddSingleton<KubernetesApiServer>();
        return services;
    }
}
