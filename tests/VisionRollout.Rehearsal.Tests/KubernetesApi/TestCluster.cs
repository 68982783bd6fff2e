using k8s;
using k8s.Models;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using VisionRollout.Rehearsal.Cluster;
using VisionRollout.Rehearsal.KubernetesApi;

namespace VisionRollout.Rehearsal.Tests.KubernetesApi;

/// <summary>The Kubernetes API in this process, with real TLS, a client of the real library, and a kubeconfig for kubectl.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
    public const string Namespace = "vision-to-code-production";

    private readonly IHost host;

    private TestCluster(IHost host, LocalNode node, ManualClock clock, string kubeConfig)
    {
        this.host = host;
        Node = node;
        Clock = clock;
        KubeConfig = kubeConfig;
        Client = new Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeConfig));
    }

    public Kubernetes Client { get; }

    public LocalNode Node { get; }

    public ManualClock Clock { get; }

    public string KubeConfig { get; }

    public ObjectStore Store => host.Services.GetRequiredService<ObjectStore>();

    public WriteLog Writes => host.Services.GetRequiredService<WriteLog>();

    public TokenTable Tokens => host.Services.GetRequiredService<TokenTable>();

    public IPodHealth Health => host.Services.GetRequiredService<IPodHealth>();

    public KubernetesApiServer Server => host.Services.GetRequiredService<KubernetesApiServer>();

    public static async Task<TestCluster> StartAsync(TimeSpan? bookmarks = null)
    {
        var node = new LocalNode();
        await node.StartServerAsync();
        var clock = new ManualClock(new DateTimeOffset(2026, 11, 23, 9, 0, 0, TimeSpan.Zero));
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IClusterClock>(clock);
        builder.Services.AddSingleton<IPodRuntime>(node);
        builder.Services.AddSingleton<IPodExec>(node);
        builder.Services.AddSingleton<IPodLogs>(node);
        builder.Services.AddSingleton<IPodUsage>(node);
        builder.Services.AddSingleton<IApiFaults>(node);
        builder.Services.AddCluster();
        builder.Services.AddKubernetesApi(new KubernetesApiOptions { BookmarkInterval = bookmarks ?? TimeSpan.FromMinutes(1) });
        var host = builder.Build();
        await host.StartAsync();
        var server = host.Services.GetRequiredService<KubernetesApiServer>();
        await server.StartAsync(0, CancellationToken.None);
        var path = Path.Combine(Directory.CreateTempSubdirectory("rehearsal-").FullName, "kubeconfig");
        server.WriteKubeConfig(path, "rehearsal", Namespace);
        var cluster = new TestCluster(host, node, clock, path);
        await cluster.Client.CreateNamespaceAsync(new V1Namespace { Metadata = new V1ObjectMeta { Name = Namespace } });
        return cluster;
    }

    /// <summary>Waits until the controllers have nothing left to do.</summary>
    public Task SettleAsync() => host.Services.GetRequiredService<ControllerQueue>().SettleAsync().WaitAsync(TimeSpan.FromSeconds(10));

    /// <summary>Lets cluster time pass, with the controllers at rest before and after.</summary>
    public async Task PassAsync(TimeSpan time)
    {
        await SettleAsync();
        await Clock.AdvanceAsync(time);
        await SettleAsync();
    }

    /// <summary>Creates a deployment and lets it become ready.</summary>
    public async Task<V1Deployment> DeployAsync(string name, int replicas = 2, string tag = "v1.0.0", string colour = "green", bool ready = true)
    {
        var created = await Client.CreateNamespacedDeploymentAsync(Deployment(name, replicas, tag, colour), Namespace);
        await SettleAsync();
        if (!ready)
            return created;
        await PassAsync(TimeSpan.FromSeconds(30));
        return await Client.ReadNamespacedDeploymentAsync(name, Namespace);
    }

    public static V1Deployment Deployment(string name, int replicas, string tag, string colour) => new()
    {
        Metadata = new V1ObjectMeta { Name = name, Labels = new Dictionary<string, string> { ["app"] = name, ["deployment-color"] = colour } },
        Spec = new V1DeploymentSpec
        {
            Replicas = replicas,
            Selector = new V1LabelSelector { MatchLabels = new Dictionary<string, string> { ["app"] = name } },
            Template = new V1PodTemplateSpec
            {
                Metadata = new V1ObjectMeta { Labels = new Dictionary<string, string> { ["app"] = name, ["deployment-color"] = colour } },
                Spec = new V1PodSpec
                {
                    Containers =
                    [
                        new V1Container
                        {
                            Name = "app",
                            Image = $"registry.example/{name}:{tag}",
                            Ports = [new V1ContainerPort { ContainerPort = 8080, Name = "http" }],
                            Env = [new V1EnvVar { Name = "COLOUR", Value = colour }],
                        },
                    ],
                },
            },
        },
    };

    public static V1Service Service(string name, string app) => new()
    {
        Metadata = new V1ObjectMeta { Name = name },
        Spec = new V1ServiceSpec
        {
            Selector = new Dictionary<string, string> { ["app"] = app },
            Ports = [new V1ServicePort { Name = "http", Port = 80, TargetPort = "http" }],
        },
    };

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
        await host.StopAsync();
        await ((IAsyncDisposable)host).DisposeAsync();
        await Node.DisposeAsync();
        Directory.Delete(Path.GetDirectoryName(KubeConfig)!, recursive: true);
    }
}
