using TestCluster = VisionRollout.Tests.Shared.RehearsalCluster;
using VisionRollout.Tests.Shared;

namespace VisionRollout.Module.Tests.Rollout;

/// <summary>One rehearsal cluster for the tests of a class. Each test has a journal folder of its own and puts traffic back.</summary>
public sealed class ClusterFixture : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("visionrollout-module-test-").FullName;

    /// <summary>The cluster.</summary>
    internal TestCluster Cluster { get; private set; } = null!;

    /// <summary>File with the cluster's addresses.</summary>
    internal string Endpoints => Path.Combine(folder, "endpoints.json");

    public async ValueTask InitializeAsync()
    {
        Cluster = await TestCluster.StartAsync(RehearsalScenarios.Whole(), CancellationToken.None);
        await File.WriteAllTextAsync(Endpoints, Cluster.Ready.ToJsonString());
    }

    public async ValueTask DisposeAsync()
    {
        await Cluster.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>A fresh folder for journals.</summary>
    internal string NewJournals() => Directory.CreateDirectory(Path.Combine(folder, Guid.NewGuid().ToString("N"))).FullName;

    /// <summary>An engine that is connected to the cluster with these journals.</summary>
    internal async Task<ModuleHost> ConnectAsync(string journals)
    {
        var host = await ModuleHost.OfAssemblyAsync();
        var result = await host.RunAsync("param($plan, $endpoints, $journals) $null = Connect-Rollout $plan production -Endpoint $endpoints -JournalPath $journals -LocalJournal",
            Path.Combine(Repository.Root, "examples", "rollout.psd1"), Endpoints, journals);
        Assert.Null(result.Failure);
        return host;
    }
}
