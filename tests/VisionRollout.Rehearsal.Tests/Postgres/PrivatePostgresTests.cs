using Npgsql;
using VisionRollout.Rehearsal.Hosting;
using VisionRollout.Rehearsal.Postgres;

namespace VisionRollout.Rehearsal.Tests.Postgres;

public sealed class PrivatePostgresTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task It_lets_nobody_in_without_the_password()
    {
        var stranger = new NpgsqlConnectionStringBuilder(postgres.Server.AdministratorConnection("postgres", "test")) { Password = "guess" }.ConnectionString;

        var refusal = await Assert.ThrowsAsync<PostgresException>(() => PostgresFixture.AskAsync(stranger, "SELECT 1", Token));

        Assert.Equal(PostgresErrorCodes.InvalidPassword, refusal.SqlState);
    }

    [Fact(Timeout = 60_000)]
    public async Task Every_service_has_rows_a_ledger_and_its_applied_migrations()
    {
        await using var databases = await postgres.DatabasesAsync("rows", Token);

        Assert.Equal(200L, await PostgresFixture.AskAsync(databases["business"].Connection("test"), "SELECT count(*) FROM customers", Token));
        Assert.Equal(150L, await PostgresFixture.AskAsync(databases["billing"].Connection("test"), "SELECT count(*) FROM items", Token));
        Assert.Equal(0L, await PostgresFixture.AskAsync(databases["business"].Connection("test"), "SELECT count(*) FROM ledger", Token));
        Assert.Equal(20260713140000L, await PostgresFixture.AskAsync(databases["business"].Connection("test"), "SELECT max(version) FROM schema_migrations", Token));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_service_cannot_read_the_database_of_another()
    {
        await using var databases = await postgres.DatabasesAsync("apart", Token);
        var across = new NpgsqlConnectionStringBuilder(databases["billing"].Connection("test")) { Database = databases["business"].Database }.ConnectionString;

        var refusal = await Assert.ThrowsAsync<PostgresException>(() => PostgresFixture.AskAsync(across, "SELECT 1", Token));

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refusal.SqlState);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_given_server_gets_suffixed_databases_and_loses_them_at_the_end()
    {
        const string ask = "SELECT (SELECT count(*) FROM pg_database WHERE datname LIKE 'given%') + (SELECT count(*) FROM pg_roles WHERE rolname LIKE 'given%')";
        var administrator = postgres.Server.AdministratorConnection("postgres", "test");
        var service = VisionRollout.Rehearsal.Scenario.ScenarioReader.Read(Hosting.TestScenario.Small).Services[0] with { Name = "given", Database = "given_production" };
        await using (var given = await GivenPostgres.OpenAsync(administrator, Token))
        {
            await using var databases = await ServiceDatabases.CreateAsync(given, [service], Token);
            Assert.StartsWith("given_production_", databases["given"].Database, StringComparison.Ordinal);
            Assert.Equal(2L, await PostgresFixture.AskAsync(administrator, ask, Token));
        }

        Assert.Equal(0L, await PostgresFixture.AskAsync(administrator, ask, Token));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_given_server_that_cannot_be_reached_is_named_as_the_cause()
    {
        var failure = await Assert.ThrowsAsync<StartFailureException>(() => GivenPostgres.OpenAsync("Host=127.0.0.1;Port=1;Username=x;Password=y;Timeout=3", Token));

        Assert.Contains("--postgres", failure.Message, StringComparison.Ordinal);
    }
}
