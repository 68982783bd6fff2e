using Npgsql;
using VisionRollout.Adapters.Backups;
using VisionRollout.Adapters.Postgres;
using VisionRollout.Tests.Postgres;

namespace VisionRollout.Adapters.Tests.Backups;

public sealed class DatabaseServerTests(PostgresServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 180_000)]
    public async Task A_user_without_power_over_autovacuum_drops_a_database_that_it_is_at_work_in()
    {
        var seed = await server.CreateAsync();
        var name = seed.Name + "_scratch";
        var role = seed.Name + "_app";
        await seed.ExecuteAsync($"CREATE ROLE {role} LOGIN CREATEDB PASSWORD 'scratch'; GRANT {role} TO current_user");
        await seed.ExecuteAsync($"CREATE DATABASE {name} OWNER {role}");
        await seed.ExecuteAsync("ALTER SYSTEM SET autovacuum_naptime = '1s'");
        await seed.ExecuteAsync("SELECT pg_reload_conf()");
        try
        {
            var builder = new NpgsqlConnectionStringBuilder(seed.ConnectionString) { Database = name };
            // So slow that a worker is at work there until it is ended.
            await PostgresServer.ExecuteAsync(builder.ConnectionString, """
                CREATE TABLE busy (id int, filler text) WITH (autovacuum_vacuum_cost_delay = 100, autovacuum_vacuum_cost_limit = 1, autovacuum_vacuum_threshold = 1, autovacuum_vacuum_scale_factor = 0);
                INSERT INTO busy SELECT n, repeat('x', 500) FROM generate_series(1, 50000) n;
                DELETE FROM busy WHERE id % 2 = 0;
                """);
            while (await seed.ReadAsync<long>($"SELECT count(*) FROM pg_stat_activity WHERE datname = '{name}' AND backend_type = 'autovacuum worker'") == 0) await Task.Delay(100, Token);

            var address = new DatabaseAddress { Service = "business", Host = builder.Host!, Port = builder.Port, Database = name, Username = role, Password = "scratch" };
            await using var user = await DatabaseServer.OpenAsync(address, Token);
            await user.DropAsync(name, Token);
            Assert.False(await user.ExistsAsync(name, Token));
        }
        finally
        {
            await seed.ExecuteAsync("ALTER SYSTEM RESET autovacuum_naptime");
            await seed.ExecuteAsync($"SELECT pg_reload_conf(); ");
            await seed.ExecuteAsync($"DROP DATABASE IF EXISTS {name} WITH (FORCE)");
            await seed.ExecuteAsync($"DROP ROLE {role}");
        }
    }
}
