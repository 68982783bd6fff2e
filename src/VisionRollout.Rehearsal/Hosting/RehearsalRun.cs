using VisionRollout.Rehearsal.Postgres;
using VisionRollout.Rehearsal.Scenario;

namespace VisionRollout.Rehearsal.Hosting;

/// <summary>A rehearsal that is up: PostgreSQL, the cluster and its endpoints. Disposing it leaves nothing behind.</summary>
internal sealed class RehearsalRun : IAsyncDisposable
{
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
            var host = cleanUp.Own("the cluster", RehearsalHost.Build(scenario, databases, parent));
            await host.StartAsync(token);
            return new RehearsalRun(cleanUp, host.Describe(directory, server));
        }
        catch
        {
            await cleanUp.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => cleanUp.DisposeAsync();
}
