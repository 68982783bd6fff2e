using System.Diagnostics;
using Npgsql;
using VisionRollout.Core.Workloads;
using VisionRollout.Tests.Postgres;

namespace VisionRollout.Benchmarks.Databases;

/// <summary>Stands for the pod of a service: its migration changes a table, and somebody else reads the table as soon as the migration waits for it.</summary>
internal sealed class QueuedMigration(TestDatabase database) : IPodAccess
{
    /// <summary>How long the reader waited.</summary>
    public TimeSpan Waited { get; private set; }

    public async Task<ExecResult> ExecAsync(string deployment, string container, IReadOnlyList<string> command, Action<string> onLine, CancellationToken token)
    {
        await using var migration = await database.OpenAsync("ecto-migrate");
        await using var queued = await database.OpenAsync("checkout");
        await using var alter = new NpgsqlCommand("ALTER TABLE accounts ADD COLUMN tier text", migration);
        await using var read = new NpgsqlCommand("SELECT count(*) FROM accounts", queued);
        var altering = alter.ExecuteNonQueryAsync(token);
        while (await database.ReadAsync<long>("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'ecto-migrate' AND wait_event_type = 'Lock'") == 0) await Task.Delay(10, token);
        var watch = Stopwatch.StartNew();
        await read.ExecuteScalarAsync(token);
        Waited = watch.Elapsed;
        try
        {
            await altering;
            return new("business-service-1", 0, []);
        }
        catch (PostgresException exception)
        {
            return new("business-service-1", 1, [exception.MessageText]);
        }
    }

    public Task<PodResponse> GetFromPodAsync(string pod, int port, string path, CancellationToken token) => throw new NotSupportedException();

    public Task<PodResponse> GetFromServiceAsync(string service, int port, string path, CancellationToken token) => throw new NotSupportedException();
}
