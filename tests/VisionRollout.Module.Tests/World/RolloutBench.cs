using System.Text.Json.Nodes;
using VisionRollout.Core.Journal;
using VisionRollout.Core.Plan;
using VisionRollout.Core.State;

namespace VisionRollout.Module.Tests.World;

/// <summary>A runspace that is connected to a rehearsal cluster, with journals of its own. Disposing gives the lease back.</summary>
internal sealed class RolloutBench : IAsyncDisposable
{
    private readonly RolloutCluster cluster;
    private readonly string folder;
    private readonly bool ownsFolder;
    private readonly string? environment;

    private RolloutBench(RolloutCluster cluster, string folder, bool ownsFolder, string? environment, RolloutPlan plan, RolloutEndpoints endpoints, ModuleHost host, RolloutSession session)
    {
        this.cluster = cluster;
        this.folder = folder;
        this.ownsFolder = ownsFolder;
        this.environment = environment;
        Plan = plan;
        Endpoints = endpoints;
        Host = host;
        Session = session;
    }

    public RolloutPlan Plan { get; }

    public RolloutEndpoints Endpoints { get; }

    public ModuleHost Host { get; }

    public RolloutSession Session { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Connects with journals of its own, all traffic on green.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="change">Changes the example plan.</param>
    /// <param name="environment">Another name for the environment, whose journals are then kept in the cluster too; null: production, and files only.</param>
    /// <param name="realTime">On the machine's clock and without metrics: waits really wait, and moves are not observed.</param>
    public static async Task<RolloutBench> CreateAsync(RolloutCluster cluster, Func<RolloutPlan, RolloutPlan>? change = null, bool realTime = false, string? environment = null)
    {
        var endpoints = realTime ? cluster.Endpoints with { Clock = null, Prometheus = null } : cluster.Endpoints;
        var plan = change is null ? cluster.Plan : change(cluster.Plan);
        var bench = await ConnectAsync(cluster, Directory.CreateTempSubdirectory("visionrollout-module-").FullName, true, plan, endpoints, environment);
        if ((await bench.Session.World.Router.ReadAsync(Token)) is not { LiveColour: "green", HeaderColour: null, Weights: var weights } || weights["green"] < 1)
        {
            await bench.RunAsync("Switch-Traffic green -Force -Confirm:$false");
            await bench.Session.Lease.ReleaseAsync();
        }

        return bench;
    }

    /// <summary>Another shell with the same journals, which works while this one does.</summary>
    public Task<RolloutBench> SecondAsync(Func<RolloutPlan, RolloutPlan>? change = null, Func<RolloutEndpoints, RolloutEndpoints>? move = null) =>
        ConnectAsync(cluster, folder, false, change is null ? Plan : change(Plan), move is null ? Endpoints : move(Endpoints), environment);

    /// <summary>Another machine, which has the plan and the cluster and no journal.</summary>
    public Task<RolloutBench> OtherMachineAsync() => ConnectAsync(cluster, Directory.CreateTempSubdirectory("visionrollout-module-").FullName, true, Plan, Endpoints, environment);

    /// <summary>Runs a script to its end.</summary>
    public Task<ModuleResult> RunAsync(string script, params object?[] arguments) => Host.RunAsync(script, arguments);

    /// <summary>Starts a rollout and fails when that does not succeed.</summary>
    public async Task StartAsync(string version = "v1.1.0")
    {
        var result = await RunAsync($"Start-Rollout -Version {version}");
        Assert.True(result.Failure is null && result.Errors.Count == 0, result.AllText);
    }

    /// <summary>Brings v1.1.0 up in blue; quick when it is there.</summary>
    public async Task DeployAsync()
    {
        var result = await RunAsync("Get-RolloutService | Deploy-Service -Version v1.1.0 -Colour blue | Watch-Deployment");
        Assert.True(result.Failure is null && result.Errors.Count == 0, result.AllText);
    }

    /// <summary>Gives a Deployment that many pods and waits until they are there.</summary>
    public async Task ScaleAsync(string deployment, int replicas)
    {
        await Session.World.Workloads.ScaleAsync(deployment, replicas, Token);
        for (var tries = 0; (await Session.World.Workloads.ListAsync(null, Token)).First(item => item.Deployment == deployment).Ready != replicas; tries++)
        {
            Assert.True(tries < 60, $"{deployment} does not get {replicas} ready pods.");
            await cluster.Process.AdvanceAsync(TimeSpan.FromSeconds(5), Token);
        }
    }

    /// <summary>The newest journal's entries.</summary>
    public async Task<IReadOnlyList<JournalEntry>> JournalAsync()
    {
        using var journal = new JournalDirectory(folder).List(null).First();
        return [.. (await journal.ReadAsync(Token)).Select(record => record.Entry)];
    }

    /// <summary>The newest journal's records.</summary>
    public async Task<IReadOnlyList<JournalRecord>> RecordsAsync()
    {
        using var journal = new JournalDirectory(folder).List(null).First();
        return await journal.ReadAsync(Token);
    }

    /// <summary>Appends to the newest journal, as a process that has died since would have.</summary>
    public async Task AppendAsync(params JournalEntry[] entries)
    {
        using var journal = new JournalDirectory(folder).List(null).First();
        foreach (var entry in entries) await journal.AppendAsync(entry, await Session.NowAsync(Token), Token);
    }

    /// <summary>Waits until the journal holds an entry of that type.</summary>
    public async Task UntilRecordedAsync<T>(Func<T, bool>? matches = null)
        where T : JournalEntry
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (!(await JournalAsync()).OfType<T>().Any(matches ?? (_ => true))) await Task.Delay(20, limit.Token);
    }

    /// <summary>Everything that a cmdlet could have changed outside: journals, cluster, messages, backups.</summary>
    public async Task<string> OutsideAsync()
    {
        var effects = await cluster.Process.GetAsync("effects", Token);
        var writes = effects["writes"]!.AsArray().Where(write => ((string?)write!["user"])?.StartsWith("system:", StringComparison.Ordinal) != true).Select(write => write!.ToJsonString());
        var hooks = (await cluster.Process.GetAsync("hooks", Token)).AsArray().Count;
        var files = Directory.EnumerateFiles(folder, "*.jsonl", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(file => $"{file} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file)))}");
        var backups = Directory.Exists(Endpoints.Backups) ? Directory.EnumerateFileSystemEntries(Endpoints.Backups, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal) : Enumerable.Empty<string>();
        return string.Join('\n', [.. writes, $"{effects["execs"]!.AsArray().Count} execs", $"{hooks} hooks", .. files, .. backups]);
    }

    public async ValueTask DisposeAsync()
    {
        await Session.DisposeAsync();
        Host.Dispose();
        if (ownsFolder) Directory.Delete(folder, recursive: true);
    }

    private static async Task<RolloutBench> ConnectAsync(RolloutCluster cluster, string folder, bool ownsFolder, RolloutPlan plan, RolloutEndpoints endpoints, string? environment)
    {
        if (environment is not null) plan = plan with { Environments = [plan.Environments[0] with { Name = environment }] };
        var host = await ModuleHost.OfAssemblyAsync();
        var result = await host.RunAsync("param($plan, $endpoint, $journals, $environment, $local) $ErrorActionPreference = 'Continue'; Connect-Rollout -Plan $plan -Environment $environment -Endpoint $endpoint -JournalPath $journals -LocalJournal:$local", plan, endpoints, folder, environment ?? "production", environment is null);
        Assert.True(result.Failure is null && result.Errors.Count == 0, result.AllText);
        return new(cluster, folder, ownsFolder, environment, plan, endpoints, host, Assert.Single(result.As<RolloutSession>()));
    }
}
