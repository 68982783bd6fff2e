using System.Globalization;
using VisionRollout.Adapters.Postgres;
using VisionRollout.Core.Clock;
using VisionRollout.Core.Databases;
using VisionRollout.Tests.Postgres;

namespace VisionRollout.Benchmarks.Databases;

/// <summary>lock-watch [--trials N]: how long a reader waits that queues behind a migration that itself waits for somebody's open transaction.</summary>
internal static class LockWatchProgram
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        var trials = arguments is ["--trials", var given] ? int.Parse(given, CultureInfo.InvariantCulture) : 20;
        await using var server = PostgresServer.Private();
        var database = await server.CreateAsync("business", "CREATE TABLE schema_migrations (version bigint PRIMARY KEY, inserted_at timestamp(0)); CREATE TABLE accounts (id int)");
        var addresses = new DatabaseAddresses(() => throw new InvalidOperationException("The plan names no Secrets."));
        var waits = new List<TimeSpan>();
        for (var trial = 0; trial < trials; trial++)
        {
            await using var reader = await database.OpenAsync("nightly-report");
            await ExecuteAsync(reader, "BEGIN; SELECT count(*) FROM accounts");
            var pod = new QueuedMigration(database);
            var migrations = new ServiceMigrations(addresses, new ServiceDatabases(addresses, new SystemClock()), () => pod);
            try
            {
                await migrations.MigrateAsync(new() { Service = database.PlainService, Deployment = "business-service", Credential = database.Credential, Attempts = 1 }, CancellationToken.None);
                throw new InvalidOperationException("The migration was not cancelled.");
            }
            catch (MigrationFailedException failure) when (failure.Id == "MigrationBlocked")
            {
                waits.Add(pod.Waited);
            }

            // It lives.
            await ExecuteAsync(reader, "SELECT count(*) FROM accounts; COMMIT");
        }

        await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"{trials} times a reader queued behind a migration that waited for an open transaction: it waited {waits.Min().TotalSeconds:0.00} to {waits.Max().TotalSeconds:0.00} s, median {waits.Order().ElementAt(trials / 2).TotalSeconds:0.00} s."));
        return 0;
    }

    private static async Task ExecuteAsync(Npgsql.NpgsqlConnection connection, string sql)
    {
        await using var command = new Npgsql.NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
