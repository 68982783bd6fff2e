using VisionRollout.Rehearsal.Faults;
using VisionRollout.Rehearsal.Postgres;
using VisionRollout.Rehearsal.Scenario;
using VisionRollout.Rehearsal.Time;

namespace VisionRollout.Rehearsal.Hosting;

/// <summary>A rehearsal that is up: PostgreSQL, the cluster and its endpoints. Disposing it leaves nothing behind.</summary>
internal sealed class RehearsalRun : IAsyncDisposable
{
    /// <summary>The cluster has run for this long (virtual time) when it is handed over, so that its metrics have a past.</summary>
    private static readonly TimeSpan Lead = TimeSpan.FromMinutes(5);

    private readonly CleanUp cleanUp;

    private RehearsalRun(CleanUp cleanUp, ReadyLine ready)
    {
        this.cleanUp = cleanUp;
        Ready = ready;
    }

    /// <summary>Where everything is.</summary>
    public ReadyLine Ready { get; }

    /// <summary>Brings everything up.</summary>
    /// <exception cref="StartFailureException">Something is missing or taken; what was started is gone again.</exception>
    public static async Task<RehearsalRun> StartAsync(
        RehearsalArguments arguments, RehearsalScenario scenario, ParentWatch parent, CancellationToken token)
    {
        var cleanUp = new CleanUp();
        try
        {
            Ports.EnsureFree(scenario);
            var directory = RunDirectory.Take(arguments.Directory);
            cleanUp.Add("the directory", directory.Remove);
            var server = await PostgresStart.StartAsync(arguments, cleanUp, token);
            var databases = cleanUp.Own("the databases' pools", await ServiceDatabases.CreateAsync(server, scenario.Services, token));
            var clock = cleanUp.Own("the clock", new VirtualClock(scenario.Start - Lead));
            var host = cleanUp.Own("the cluster", RehearsalHost.Build(scenario, databases, clock, parent));
            await host.StartAsync(directory, token);
            await clock.AdvanceToAsync(scenario.Start, token);
            await AddFaultsAsync(host.Faults, scenario);
            clock.Start();
            return new RehearsalRun(cleanUp, host.Describe(scenario, directory, server));
        }
        catch
        {
            await cleanUp.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => cleanUp.DisposeAsync();

    private static async Task AddFaultsAsync(FaultSchedule faults, RehearsalScenario scenario)
    {
        foreach (var fault in scenario.Faults)
            await faults.AddAsync(fault, scenario.Start);
    }
}
