using NSubstitute;
using VisionRollout.Adapters.Postgres;
using VisionRollout.Core.Clock;
using VisionRollout.Core.Databases;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Workloads;

namespace VisionRollout.Tests.Postgres;

public sealed class ServiceDatabasesTests(PostgresServer server)
{
    private const int Limit = 60_000;

    [Theory(Timeout = Limit)]
    [InlineData("CREATE TABLE schema_migrations (version bigint, inserted_at timestamp(0)); INSERT INTO schema_migrations VALUES (9, '2026-01-01 09:00'), (10, '2026-02-01 10:00')", "10 2026-02-01T10:00:00Z,9 2026-01-01T09:00:00Z")]
    [InlineData("CREATE TABLE schema_migrations (schema_version text, migrated_at timestamptz); INSERT INTO schema_migrations VALUES ('a', '2026-01-01 09:00+02'), ('b', NULL)", "b ,a 2026-01-01T07:00:00Z")]
    [InlineData("CREATE TABLE schema_migrations (version text PRIMARY KEY); INSERT INTO schema_migrations VALUES ('20260101'), ('20251231')", "20260101 ,20251231 ")]
    [InlineData("CREATE SCHEMA app; CREATE TABLE app.schema_migrations (version bigint, dirty boolean); INSERT INTO app.schema_migrations VALUES (7, false)", "7 ")]
    [InlineData("CREATE TABLE other ()", "")]
    public async Task Versions_are_read_from_whichever_columns_exist_newest_first(string sql, string expected)
    {
        var database = await server.CreateAsync("business", sql);
        var rows = await Databases(database).ReadMigrationsAsync(database.Service, null, TestContext.Current.CancellationToken);
        Assert.Equal(expected, string.Join(",", rows.Select(row => $"{row.Version} {row.AppliedAt:yyyy-MM-ddTHH:mm:ssZ}")));
    }

    [Fact(Timeout = Limit)]
    public async Task A_lost_row_is_a_loss_and_a_grown_or_changed_table_is_none()
    {
        var database = await server.CreateAsync("business", "CREATE TABLE shrinks AS SELECT n FROM generate_series(1, 10) n; CREATE TABLE grows AS SELECT 1 AS n; CREATE TABLE changes AS SELECT 1 AS n; CREATE TABLE same AS SELECT 1 AS n; CREATE TABLE vanishes AS SELECT n FROM generate_series(1, 4) n");
        var before = await Databases(database).ReadLedgerAsync(database.Service, null, TestContext.Current.CancellationToken);
        await database.ExecuteAsync("DELETE FROM shrinks WHERE n <= 3; INSERT INTO grows VALUES (2); UPDATE changes SET n = 2; DROP TABLE vanishes; CREATE TABLE added ()");
        var after = await Databases(database).ReadLedgerAsync(database.Service, null, TestContext.Current.CancellationToken);

        var comparison = LedgerComparison.Of(before, after);

        Assert.Equal(7, comparison.RowsLost);
        Assert.Equal(
            [("public.added", TableChangeKind.Added), ("public.changes", TableChangeKind.Changed), ("public.grows", TableChangeKind.Grown), ("public.same", TableChangeKind.Same), ("public.shrinks", TableChangeKind.Shrunk), ("public.vanishes", TableChangeKind.Removed)],
            comparison.Tables.Select(table => (table.Table, table.Kind)).OrderBy(table => table.Table, StringComparer.Ordinal));
    }

    [Fact(Timeout = Limit)]
    public async Task A_server_that_does_not_answer_is_unavailable_and_named()
    {
        var database = await server.CreateAsync();
        var service = database.PlainService with { Database = database.PlainService.Database with { Port = 1 } };
        var failure = await Assert.ThrowsAsync<RolloutException>(() => Databases(database).ReadMigrationsAsync(service, database.Credential, TestContext.Current.CancellationToken));
        Assert.Equal(("DatabaseUnreachable", RolloutErrorKind.Unavailable), (failure.Id, failure.Kind));
        Assert.Contains("127.0.0.1:1", failure.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task A_database_that_does_not_exist_is_not_found()
    {
        var database = await server.CreateAsync();
        var service = database.PlainService with { Database = database.PlainService.Database with { Name = "nowhere" } };
        Assert.Equal("DatabaseNotFound", (await Assert.ThrowsAsync<RolloutException>(() => Databases(database).ReadMigrationsAsync(service, database.Credential, TestContext.Current.CancellationToken))).Id);
    }

    [Theory]
    [InlineData("port", "many", "DatabasePortInvalid")]
    [InlineData("sslmode", "always", "DatabaseSslModeInvalid")]
    public async Task A_secret_with_a_wrong_value_is_named(string key, string value, string id)
    {
        var database = await server.CreateAsync();
        var objects = Substitute.For<IClusterObjects>();
        objects.ReadSecretAsync(default!, Arg.Any<CancellationToken>()).ReturnsForAnyArgs(new Dictionary<string, string>(database.Secret) { [key] = value });
        var failure = await Assert.ThrowsAsync<RolloutException>(() => new DatabaseAddresses(() => objects).FindAsync(database.Service, null, TestContext.Current.CancellationToken));
        Assert.Equal(id, failure.Id);
        Assert.Contains("business-database", failure.Remedy, StringComparison.Ordinal);
    }

    private static ServiceDatabases Databases(TestDatabase database)
    {
        var objects = Substitute.For<IClusterObjects>();
        objects.ReadSecretAsync(default!, Arg.Any<CancellationToken>()).ReturnsForAnyArgs(_ => database.Secret);
        return new(new DatabaseAddresses(() => objects), new SystemClock());
    }
}
