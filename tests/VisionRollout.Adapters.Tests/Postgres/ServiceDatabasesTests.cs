using Npgsql;
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

    [Theory(Timeout = Limit)]
    [InlineData("", TableChangeKind.Same, 0L, 0L)]
    [InlineData("INSERT INTO t SELECT 'new', n FROM generate_series(11, 15) n", TableChangeKind.Grown, 0L, 0L)]
    [InlineData("ALTER TABLE t ADD COLUMN more text NOT NULL DEFAULT 'x'; INSERT INTO t SELECT 'new', n FROM generate_series(11, 15) n", TableChangeKind.Grown, 0L, 0L)]
    [InlineData("ALTER TABLE t ALTER COLUMN word TYPE varchar(100)", TableChangeKind.Same, 0L, 0L)]
    [InlineData("UPDATE t SET word = 'other' WHERE n < 3", TableChangeKind.Changed, 2L, 0L)]
    [InlineData("DELETE FROM t WHERE n < 3; INSERT INTO t SELECT 'new', n FROM generate_series(11, 15) n", TableChangeKind.Changed, 2L, 0L)]
    [InlineData("DELETE FROM t WHERE n < 3; INSERT INTO t VALUES ('new', 11)", TableChangeKind.Shrunk, 2L, 1L)]
    [InlineData("TRUNCATE t", TableChangeKind.Shrunk, 10L, 10L)]
    [InlineData("ALTER TABLE t DROP COLUMN word", TableChangeKind.ColumnsLost, null, 10L)]
    [InlineData("ALTER TABLE t RENAME COLUMN word TO term", TableChangeKind.ColumnsLost, null, 10L)]
    [InlineData("DROP TABLE t", TableChangeKind.Removed, null, 10L)]
    [InlineData("ALTER TYPE letter RENAME VALUE 'a' TO 'b'", TableChangeKind.Altered, 0L, 0L)]
    public async Task What_became_of_a_table_is_told_by_the_rows_that_nobody_wrote(string change, TableChangeKind kind, long? written, long lost)
    {
        var database = await server.CreateAsync("business", "CREATE TYPE letter AS ENUM ('a'); CREATE TABLE t (word text, n int, l letter DEFAULT 'a'); INSERT INTO t SELECT 'word ' || n, n FROM generate_series(1, 10) n");
        var databases = Databases(database);
        // A writer that had not committed when the first ledger was taken.
        await using var late = await database.OpenAsync("late");
        await using (var begin = new NpgsqlCommand("BEGIN; CREATE TABLE other (); SELECT txid_current()", late)) await begin.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        var before = await databases.ReadLedgerAsync(database.Service, null, TestContext.Current.CancellationToken);
        await using (var commit = new NpgsqlCommand("COMMIT", late)) await commit.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        if (change.Length > 0) await database.ExecuteAsync(change);

        var after = await databases.ReadLedgerSinceAsync(database.Service, before, null, TestContext.Current.CancellationToken);

        var table = LedgerComparison.Of(before, after).Tables.Single(item => item.Table == "public.t");
        Assert.Equal((kind, written, lost), (table.Kind, table.RowsWritten, table.RowsLost));
    }

    [Fact(Timeout = Limit)]
    public async Task A_row_of_a_transaction_that_was_under_way_counts_as_written_since()
    {
        var database = await server.CreateAsync("business", "CREATE TABLE t (n int); INSERT INTO t VALUES (1)");
        var databases = Databases(database);
        await using var late = await database.OpenAsync("late");
        await using (var begin = new NpgsqlCommand("BEGIN; INSERT INTO t VALUES (2)", late)) await begin.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        await database.ExecuteAsync("INSERT INTO t VALUES (3)");
        var before = await databases.ReadLedgerAsync(database.Service, null, TestContext.Current.CancellationToken);
        await using (var commit = new NpgsqlCommand("COMMIT", late)) await commit.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        var after = await databases.ReadLedgerSinceAsync(database.Service, before, null, TestContext.Current.CancellationToken);

        Assert.Equal((2, 3), (before.Tables[0].Rows, after.Tables[0].Rows));
        Assert.Equal(new KeptRows(2, before.Tables[0].Digest), after.Tables[0].Kept);
    }

    [Fact(Timeout = Limit)]
    public async Task Tables_that_the_plan_rewrites_on_purpose_are_left_out_and_a_name_that_fits_none_is_told()
    {
        var database = await server.CreateAsync("business", "CREATE SCHEMA billing; CREATE TABLE billing.a AS SELECT 1 AS n; CREATE TABLE sessions AS SELECT 1 AS n; CREATE TABLE kept AS SELECT 1 AS n");
        var before = await Databases(database).ReadLedgerAsync(database.Service, null, TestContext.Current.CancellationToken);
        await database.ExecuteAsync("DELETE FROM billing.a; DELETE FROM sessions; DELETE FROM kept");
        var after = await Databases(database).ReadLedgerSinceAsync(database.Service, before, null, TestContext.Current.CancellationToken);

        var comparison = LedgerComparison.Of(before, after, ["billing.*", "public.sessions", "public.session"]);

        Assert.Equal("public.kept", Assert.Single(comparison.Losses).Table);
        Assert.Equal(["public.session"], comparison.Unmatched);
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
