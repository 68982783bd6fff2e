using k8s;
using k8s.Models;

namespace VisionRollout.EndToEnd.Tests;

/// <summary>The runbook in a process of its own, against a cluster that outlives it.</summary>
public sealed class RunbookRun : IAsyncDisposable
{
    private readonly RehearsalCluster cluster;
    private readonly string endpoints;
    private readonly string script;

    private RunbookRun(RehearsalCluster cluster, WorkFolder folder, string endpoints, string script)
    {
        this.cluster = cluster;
        this.endpoints = endpoints;
        Folder = folder;
        this.script = script;
    }

    /// <summary>Where it runs.</summary>
    public WorkFolder Folder { get; }

    /// <summary>Starts a cluster for the plan's services.</summary>
    public static async Task<RunbookRun> PrepareAsync(CancellationToken token)
    {
        var cluster = await RehearsalCluster.StartAsync(Scenario(), token);
        var folder = new WorkFolder();
        var endpoints = folder.In("endpoints.json");
        await File.WriteAllTextAsync(endpoints, cluster.Ready.ToJsonString(), token);
        var script = folder.In("run.ps1");
        await File.WriteAllTextAsync(script, $$"""
            & '{{Repository.Runbook}}' -Endpoint '{{endpoints}}' -JournalPath '{{folder.Journals}}' -ReportPath '{{folder.Reports}}' `
                -Approval @{ Canary = @('Tech Lead', 'DevOps Lead'); Cutover = @('CTO') } `
                -ApproverContext @{ 'Tech Lead' = 'jane@vision-to-code.com'; 'DevOps Lead' = 'bob@vision-to-code.com'; CTO = 'cto@vision-to-code.com' } -Confirmed '*'
            exit $LASTEXITCODE
            """, token);
        return new RunbookRun(cluster, folder, endpoints, script);
    }

    /// <summary>Starts the runbook, or starts it again.</summary>
    public HostRun Start() => HostRun.Start(Folder, script, []);

    /// <summary>Runs another of the examples against the same cluster and journal, to its end.</summary>
    /// <param name="example">Path of the script.</param>
    /// <param name="arguments">Its arguments as they are written in PowerShell.</param>
    /// <param name="token">Cancels.</param>
    public async Task<(int ExitCode, string Story)> RunAsync(string example, string arguments, CancellationToken token)
    {
        var other = Folder.In($"{Path.GetFileName(example)}.{Guid.NewGuid():N}.ps1");
        await File.WriteAllTextAsync(other, $"$ErrorActionPreference = 'Stop'; & '{example}' -Endpoint '{endpoints}' -JournalPath '{Folder.Journals}' {arguments}", token);
        await using var host = HostRun.Start(Folder, other, []);
        return (await host.WaitAsync(token), host.Story);
    }

    /// <summary>The day in the cluster (UTC).</summary>
    public async Task<DateOnly> TodayAsync(CancellationToken token) => DateOnly.FromDateTime((await cluster.NowAsync(token)).UtcDateTime);

    /// <summary>Looks around in the cluster.</summary>
    public Task<World> InspectAsync(CancellationToken token) => World.InspectAsync(cluster["control"], cluster["kubeconfig"], token);

    /// <summary>Gives a Deployment that many pods and lets the cluster's time pass until they are there.</summary>
    public async Task ScaleAsync(string deployment, int replicas, CancellationToken token)
    {
        const string name = "vision-to-code-production";
        using var client = new Kubernetes(await KubernetesClientConfiguration.BuildConfigFromConfigFileAsync(new FileInfo(cluster["kubeconfig"])));
        await client.AppsV1.PatchNamespacedDeploymentScaleAsync(new V1Patch($$"""{ "spec": { "replicas": {{replicas}} } }""", V1Patch.PatchType.MergePatch), deployment, name, cancellationToken: token);
        while (((await client.AppsV1.ReadNamespacedDeploymentAsync(deployment, name, cancellationToken: token)).Status.ReadyReplicas ?? 0) != replicas)
            await cluster.AdvanceAsync(TimeSpan.FromSeconds(5), token);
    }

    /// <summary>The backups of a service that are whole.</summary>
    public int CountBackups(string service) => Directory.GetFiles(Path.Combine(cluster["backups"], service), "manifest*", SearchOption.AllDirectories).Length;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await cluster.DisposeAsync();
        Folder.Dispose();
    }

    // The external systems are those that the plan names.
    private static JsonObject Scenario()
    {
        var external = new Dictionary<string, string> { ["business"] = "payments", ["core"] = "identity", ["swarm"] = "queue", ["development"] = "source-hosting" };
        var scenario = RehearsalScenarios.Whole();
        foreach (var service in scenario["services"]!.AsArray()) service!["external"] = new JsonArray(external[(string)service["name"]!]);
        return scenario;
    }
}
