using NSubstitute;
using VisionRollout.Adapters.Postgres;
using VisionRollout.Core.Clock;
using VisionRollout.Core.Databases;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Workloads;

namespace VisionRollout.Tests.Postgres;

/// <summary>Migrations of a database on a real server, by commands that the tests run in the pod's place.</summary>
public abstract class MigrationBench
{
    protected const int Limit = 60_000;
    protected const string Table = "CREATE TABLE schema_migrations (version bigint PRIMARY KEY, inserted_at timestamp(0)); INSERT INTO schema_migrations VALUES (1, '2026-01-01 09:00'); CREATE TABLE accounts (id int);";

    protected IPodAccess Pods { get; } = Substitute.For<IPodAccess>();
    /// <summary>What was said.</summary>
    protected List<string> Lines { get; } = [];

    protected static MigrationRequest Request(TestDatabase database, Action<string> onLine) => new() { Service = database.Service, Deployment = "business-service", Attempts = 1, OnLine = onLine };

    // As a migration tool of that role.
    protected static async Task<Npgsql.NpgsqlConnection> LockingAsync(TestDatabase database, string role, string password)
    {
        var connection = new Npgsql.NpgsqlConnection(new Npgsql.NpgsqlConnectionStringBuilder(database.ConnectionString) { Username = role, Password = password }.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await RunAsync(connection, "BEGIN; LOCK TABLE schema_migrations IN SHARE UPDATE EXCLUSIVE MODE");
        return connection;
    }

    protected static async Task RunAsync(Npgsql.NpgsqlConnection connection, string sql)
    {
        await using var command = new Npgsql.NpgsqlCommand(sql, connection) { CommandTimeout = 60 };
        await command.ExecuteNonQueryAsync();
    }

    protected static async Task<int> EndsAsync(Task work)
    {
        try
        {
            await work;
            return 0;
        }
        catch (Npgsql.NpgsqlException)
        {
            return 1;
        }
    }

    protected MigrationRequest Request(TestDatabase database) => Request(database, line =>
    {
        lock (Lines) Lines.Add(line);
    });

    protected void InPod(TestDatabase database, string sql, params string[] output) => InPod(database, sql, 0, output);

    protected void InPod(TestDatabase database, string sql, int exitCode, params string[] output) => Pods.ExecAsync(default!, default!, default!, default!, Arg.Any<CancellationToken>()).ReturnsForAnyArgs(async call =>
    {
        await database.ExecuteAsync(sql);
        foreach (var line in output) call.ArgAt<Action<string>>(3)(line);
        return new ExecResult("business-service-1", exitCode, output);
    });

    protected ServiceMigrations Migrations(TestDatabase database)
    {
        var objects = Substitute.For<IClusterObjects>();
        objects.ReadSecretAsync(default!, Arg.Any<CancellationToken>()).ReturnsForAnyArgs(_ => database.Secret);
        var addresses = new DatabaseAddresses(() => objects);
        return new(addresses, new ServiceDatabases(addresses, new SystemClock()), () => Pods);
    }
}
