namespace VisionRollout.EndToEnd.Tests;

/// <summary>The runbook in a process of its own, against a cluster that outlives it.</summary>
public sealed class RunbookRun : IAsyncDisposable
{
    private readonly RehearsalCluster cluster;
    private readonly string script;

    private RunbookRun(RehearsalCluster cluster, WorkFolder folder, string script)
    {
        this.cluster = cluster;
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
        return new RunbookRun(cluster, folder, script);
    }

    /// <summary>Starts the runbook, or starts it again.</summary>
    public HostRun Start() => HostRun.Start(Folder, script, []);

    /// <summary>Looks around in the cluster.</summary>
    public Task<World> InspectAsync(CancellationToken token) => World.InspectAsync(cluster["control"], cluster["kubeconfig"], token);

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
