using System.Net;
using VisionRollout.Adapters.Kubernetes;
using VisionRollout.Core.Plan;

namespace VisionRollout.Adapters.Tests.Fakes;

/// <summary>A connection to a fake API server, by a kubeconfig with a token that must never be seen again.</summary>
public sealed class FakeCluster : IAsyncDisposable
{
    public const string Token = "sentinel-token-9f8e7d";

    private readonly FileInfo kubeConfig;

    private FakeCluster(FakeServer? server, Uri address)
    {
        Server = server;
        kubeConfig = new FileInfo(Path.GetTempFileName());
        File.WriteAllText(kubeConfig.FullName, $$"""
            apiVersion: v1
            kind: Config
            current-context: fake
            clusters: [{ name: fake, cluster: { server: "{{address.AbsoluteUri}}" } }]
            users: [{ name: fake, user: { token: "{{Token}}" } }]
            contexts: [{ name: fake, context: { cluster: fake, user: fake } }]
            """);
        Plan = TestPlans.Make(new RolloutEndpoints { KubeConfig = kubeConfig.FullName });
        Connection = new KubernetesConnection(Plan.Environment(), TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(2));
    }

    public FakeServer? Server { get; }

    public RolloutPlan Plan { get; }

    public KubernetesConnection Connection { get; }

    public static FakeCluster Start(params Action<HttpListenerResponse>[] answers)
    {
        var server = FakeServer.Start(answers);
        return new FakeCluster(server, server.Address);
    }

    /// <summary>Takes connections and never says a word, as a machine behind a firewall or one that is overloaded.</summary>
    public static FakeCluster At(MuteServer server) => new(null, server.Address);

    public static FakeCluster Nobody() => new(null, FakeServer.Nobody);

    public async ValueTask DisposeAsync()
    {
        Connection.Dispose();
        if (Server is not null) await Server.DisposeAsync();
        kubeConfig.Delete();
    }
}
