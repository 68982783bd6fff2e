using NSubstitute;
using VisionRollout.Adapters.Postgres;
using VisionRollout.Core.Clock;
using VisionRollout.Core.Databases.Migrations;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Evidence;
using VisionRollout.Core.Plan;
using VisionRollout.Tests.Backups;

namespace VisionRollout.Tests.Postgres;

public sealed class ServicePreflightTests(PostgresServer server)
{
    private const int Limit = 120_000;
    private static readonly Script AddNote = new("ALTER TABLE accounts ADD COLUMN note text") { Down = ["ALTER TABLE accounts DROP COLUMN note"] };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = Limit)]
    public async Task A_restored_backup_is_migrated_judged_and_dropped_and_the_own_database_stays_as_it_was()
    {
        using var bench = await RestoredAsync();
        var scratch = "";
        var tool = new ScriptTool(bench.Database, [AddNote, new("CREATE INDEX by_name ON accounts (name)") { Down = ["DROP INDEX by_name"] }])
        {
            OnBegin = (database, _) =>
            {
                scratch = database;
                return Task.CompletedTask;
            },
        };

        var preflight = await Preflights(bench, tool).RunAsync(Request(bench, (await bench.BackupAsync()).Location), Token);

        Assert.Equal(Verdict.Go, preflight.Verdict);
        Assert.Equal(["2", "3"], preflight.Pending);
        Assert.Equal([Reversibility.ReversibleWithDataLoss, Reversibility.Reversible], preflight.Migrations.Select(migration => migration.Reversibility));
        Assert.Contains("public.accounts.note", preflight.Migrations[0].Reason, StringComparison.Ordinal);
        var (alter, index) = (preflight.Statements[0], preflight.Statements[1]);
        Assert.Equal(("2", "ALTER TABLE accounts ADD COLUMN note text", "public.accounts", 1000L, "AccessExclusiveLock", MigrationVerdict.Ok), (alter.Version, alter.Sql, alter.Table, alter.TableRows, alter.Lock, alter.Verdict));
        Assert.Equal(("ShareLock", MigrationVerdict.Warning, MigrationRule.IndexNotConcurrent), (index.Lock, index.Verdict, index.Rule));
        Assert.InRange(alter.TableBytes, 40_000, 200_000);
        Assert.True(alter.Held > TimeSpan.Zero && index.Held > TimeSpan.Zero);
        Assert.StartsWith("visionrollout_scratch_", scratch, StringComparison.Ordinal);
        Assert.Empty(await server.ListAsync(scratch));
        Assert.Equal(1, await bench.Database.ReadAsync<long>("SELECT max(version) FROM schema_migrations"));
        Assert.Equal(0, await bench.Database.ReadAsync<long>("SELECT count(*) FROM pg_attribute WHERE attname = 'note'"));
    }

    [Fact(Timeout = Limit)]
    public async Task An_interrupted_preflight_drops_its_scratch_database()
    {
        using var bench = await RestoredAsync();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var scratch = "";
        var tool = new ScriptTool(bench.Database, [new("SELECT pg_sleep(100)")])
        {
            OnBegin = (database, _) =>
            {
                scratch = database;
                stop.CancelAfter(300);
                return Task.CompletedTask;
            },
        };

        var location = (await bench.BackupAsync()).Location;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Preflights(bench, tool).RunAsync(Request(bench, location), stop.Token));

        Assert.StartsWith("visionrollout_scratch_", scratch, StringComparison.Ordinal);
        Assert.Empty(await server.ListAsync(scratch));
    }

    [Fact(Timeout = Limit)]
    public async Task What_a_killed_run_has_left_is_dropped_and_what_another_run_uses_is_not()
    {
        using var bench = await RestoredAsync();
        var (left, used) = ($"visionrollout_scratch_{Guid.NewGuid():N}", $"visionrollout_scratch_{Guid.NewGuid():N}");
        await using var other = new Npgsql.NpgsqlConnection(new Npgsql.NpgsqlConnectionStringBuilder(bench.Database.ConnectionString) { Database = "postgres" }.ConnectionString);
        await other.OpenAsync(Token);
        await RunAsync(other, $"SELECT pg_advisory_lock(hashtextextended('{used}', 0))");
        await RunAsync(other, $"CREATE DATABASE {left}");
        await RunAsync(other, $"CREATE DATABASE {used}");

        await Preflights(bench, new(bench.Database, [AddNote])).RunAsync(Request(bench, (await bench.BackupAsync()).Location), Token);

        Assert.Empty(await server.ListAsync(left));
        Assert.Equal([used], await server.ListAsync(used));
        await RunAsync(other, $"DROP DATABASE {used}");
    }

    [Fact(Timeout = Limit)]
    public async Task A_backup_of_another_schema_version_is_refused_before_it_is_restored()
    {
        using var bench = await RestoredAsync();
        var location = (await bench.BackupAsync()).Location;
        await bench.Database.ExecuteAsync("INSERT INTO schema_migrations VALUES (7)");
        var failure = await Assert.ThrowsAsync<RolloutException>(() => Preflights(bench, new(bench.Database, [AddNote])).RunAsync(Request(bench, location), Token));
        Assert.Equal("PreflightBackupStale", failure.Id);
        Assert.Contains("schema version 1, the database of service 'business' 7", failure.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task A_command_that_goes_for_the_own_database_is_ended_before_it_changes_anything()
    {
        var bench = await PreflightBench.CreateAsync(server, RuleExample.Setup);

        var failure = await Assert.ThrowsAsync<RolloutException>(() => bench.RunAsync(new ScriptTool(bench.Own, [AddNote]) { IgnoresScratch = true }));

        Assert.Equal("PreflightNotRedirected", failure.Id);
        Assert.Contains("'migrate' (pid ", failure.Message, StringComparison.Ordinal);
        Assert.Equal(0, await bench.Own.ReadAsync<long>("SELECT count(*) FROM pg_attribute WHERE attname = 'note'"));
        Assert.Equal(1, await bench.Own.ReadAsync<long>("SELECT max(version) FROM schema_migrations"));
    }

    [Fact(Timeout = Limit)]
    public async Task Without_a_way_to_the_scratch_database_the_error_says_what_to_add_to_the_plan()
    {
        using var bench = await RestoredAsync();
        var request = Request(bench, "/nowhere");
        var failure = await Assert.ThrowsAsync<RolloutException>(() => Preflights(bench, new(bench.Database, [])).RunAsync(request with { Service = bench.Database.Service }, Token));
        Assert.Equal("PreflightNotPlanned", failure.Id);
        Assert.Contains("{Database}", failure.Remedy, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task A_check_of_the_serving_version_that_fails_on_the_migrated_database_breaks()
    {
        var bench = await PreflightBench.CreateAsync(server, RuleExample.Setup);
        var preflight = await bench.RunAsync([new("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no''; END'", "CREATE TRIGGER refuse BEFORE INSERT ON notes EXECUTE FUNCTION refuse()")], 0,
            new PlanDatabaseCheck("Read", ["check", "SELECT id FROM notes"]), new PlanDatabaseCheck("Write", ["check", "INSERT INTO notes VALUES (1)"]));
        Assert.Equal(Verdict.NoGo, preflight.Verdict);
        Assert.Equal([true, false], preflight.Checks.Select(check => check.Passed));
        var finding = Assert.Single(preflight.Against(), finding => finding.Rule == MigrationRule.OldVersionFails);
        Assert.Contains("'Write' fails on the migrated database", finding.Reason, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task Checks_that_pass_are_what_speaks_for_a_new_constraint()
    {
        var bench = await PreflightBench.CreateAsync(server, RuleExample.Setup);
        Script[] scripts = [new("ALTER TABLE accounts ADD CONSTRAINT solvent CHECK (balance >= 0) NOT VALID")];
        Assert.Equal(Verdict.NoGo, (await bench.RunAsync(scripts)).Verdict);
        bench = await PreflightBench.CreateAsync(server, RuleExample.Setup);
        var proven = await bench.RunAsync(scripts, 0, new PlanDatabaseCheck("Write", ["check", "INSERT INTO accounts (name) VALUES ('x')"]));
        Assert.Equal(Verdict.Go, proven.Verdict);
        Assert.Equal(MigrationVerdict.Warning, Assert.Single(proven.Statements).Verdict);
    }

    [Theory(Timeout = Limit)]
    [InlineData("CREATE INDEX by_name ON accounts (name)", "DROP INDEX by_name", Reversibility.Reversible, "loses nothing")]
    [InlineData("ALTER TABLE accounts ADD COLUMN note text", "ALTER TABLE accounts DROP COLUMN note", Reversibility.ReversibleWithDataLoss, "the new column public.accounts.note")]
    [InlineData("CREATE TABLE drafts (id bigint)", "DROP TABLE drafts", Reversibility.ReversibleWithDataLoss, "the new table public.drafts")]
    [InlineData("ALTER TABLE accounts RENAME COLUMN name TO title", "ALTER TABLE accounts RENAME COLUMN title TO name", Reversibility.Reversible, "loses nothing")]
    [InlineData("ALTER TABLE accounts DROP COLUMN country", "ALTER TABLE accounts ADD COLUMN country char(2)", Reversibility.Irreversible, "destroys column public.accounts.country")]
    [InlineData("DROP TABLE orders", "CREATE TABLE orders (id bigint PRIMARY KEY, account_id bigint, placed date NOT NULL)", Reversibility.Irreversible, "destroys table public.orders")]
    [InlineData("UPDATE accounts SET country = 'DE' WHERE id < 10", "SELECT 1", Reversibility.Irreversible, "values of public.accounts, which it overwrites")]
    [InlineData("DELETE FROM orders WHERE id < 10", "SELECT 1", Reversibility.Irreversible, "destroys 9 rows of public.orders")]
    [InlineData("TRUNCATE orders", "SELECT 1", Reversibility.Irreversible, "destroys the rows of orders")]
    [InlineData("CREATE INDEX by_name ON accounts (name)", "SELECT 1", Reversibility.Irreversible, "index by_name on public.accounts")]
    [InlineData("CREATE INDEX by_name ON accounts (name)", "DROP INDEX nothing", Reversibility.Irreversible, "index \"nothing\" does not exist")]
    [InlineData("CREATE OR REPLACE FUNCTION total(account bigint) RETURNS bigint LANGUAGE sql AS 'SELECT 2::bigint'", "SELECT 1", Reversibility.Irreversible, "does not bring the schema back")]
    public async Task What_a_migration_and_its_undo_do_makes_its_class(string up, string down, Reversibility expected, string reason)
    {
        var bench = await PreflightBench.CreateAsync(server, RuleExample.Setup);
        var migration = Assert.Single((await bench.RunAsync([new(up) { Down = [down] }])).Migrations);
        Assert.Equal(expected, migration.Reversibility);
        Assert.Contains(reason, migration.Reason, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task A_schema_change_whose_SQL_was_not_logged_leaves_it_undecided()
    {
        var bench = await PreflightBench.CreateAsync(server, RuleExample.Setup);
        var preflight = await bench.RunAsync(new ScriptTool(bench.Own, [AddNote]) { LogsSql = false });
        Assert.Equal(Verdict.Undecided, preflight.Verdict);
        Assert.StartsWith("SqlNotCaptured", preflight.Reason, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task Nothing_pending_is_Go()
    {
        var preflight = await (await PreflightBench.CreateAsync(server, RuleExample.Setup)).RunAsync([]);
        Assert.Equal((Verdict.Go, "Nothing is pending."), (preflight.Verdict, preflight.Reason));
    }

    [Fact(Timeout = Limit)]
    public async Task A_lock_that_is_held_long_counts_on_a_small_table_too_from_its_statement_to_the_commit()
    {
        var bench = await PreflightBench.CreateAsync(server, RuleExample.Setup);
        var preflight = await bench.RunAsync([new("SELECT pg_sleep(0.3)", "CREATE INDEX by_name ON accounts (name)", "SELECT pg_sleep(1.2)"), new("CREATE INDEX by_email ON accounts (email)")], MigrationJudge.LargeTable);
        Assert.Equal([MigrationVerdict.Ok, MigrationVerdict.Blocks, MigrationVerdict.Ok, MigrationVerdict.Warning], preflight.Statements.Select(statement => statement.Verdict));
        Assert.InRange(preflight.Statements[1].Held, TimeSpan.FromSeconds(1.2), preflight.Migrations[0].Duration - TimeSpan.FromSeconds(0.25));
        Assert.Contains("The table is small (1000 rows", preflight.Statements[3].Reason, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task Long_and_prepared_transactions_in_the_own_database_are_told()
    {
        var bench = await PreflightBench.CreateAsync(server, RuleExample.Setup);
        await using var report = await bench.Own.OpenAsync("nightly-report");
        await RunAsync(report, "BEGIN; SELECT count(*) FROM accounts; SELECT pg_sleep(0.4)");
        await using (var other = await bench.Own.OpenAsync("other")) await RunAsync(other, "BEGIN; INSERT INTO orders VALUES (1000, 1, '2026-01-01'); PREPARE TRANSACTION 'forgotten'");

        var preflight = await bench.RunAsync([AddNote]);

        await RunAsync(report, "COMMIT");
        await bench.ExecuteAsync("ROLLBACK PREPARED 'forgotten'");
        Assert.Contains(preflight.Findings, finding => finding.Rule == MigrationRule.LongTransaction && finding.Reason.StartsWith("'nightly-report' (pid", StringComparison.Ordinal));
        Assert.Contains(preflight.Findings, finding => finding.Rule == MigrationRule.PreparedTransaction && finding.Reason.Contains("forgotten", StringComparison.Ordinal));
        Assert.Equal(Verdict.Go, preflight.Verdict);
    }

    [Fact(Timeout = Limit)]
    public async Task Two_preflights_of_one_backup_side_by_side_do_not_meet()
    {
        using var bench = await RestoredAsync();
        var location = (await bench.BackupAsync()).Location;
        var (first, second) = (new TaskCompletionSource<string>(), new TaskCompletionSource<string>());
        Task<MigrationPreflight> Run(TaskCompletionSource<string> ours, TaskCompletionSource<string> theirs) => Preflights(bench, new(bench.Database, [AddNote])
        {
            // Neither goes on before both have their scratch database.
            OnBegin = (database, cancel) =>
            {
                ours.TrySetResult(database);
                return theirs.Task.WaitAsync(cancel);
            },
        }).RunAsync(Request(bench, location), Token);

        var preflights = await Task.WhenAll(Run(first, second), Run(second, first));

        Assert.All(preflights, preflight => Assert.Equal((Verdict.Go, 1), (preflight.Verdict, preflight.Migrations.Count)));
        Assert.NotEqual(await first.Task, await second.Task);
        Assert.Empty(await server.ListAsync(await first.Task));
        Assert.Empty(await server.ListAsync(await second.Task));
    }

    // A server of its own has to start, and its autovacuum to come by: only against hanging.
    [Fact(Timeout = 5 * Limit)]
    public async Task A_vacuum_against_wraparound_in_the_own_database_is_told()
    {
        await using var own = PostgresServer.Private();
        var bench = await PreflightBench.CreateAsync(own, RuleExample.Setup);
        await bench.ExecuteAsync("ALTER TABLE accounts SET (autovacuum_freeze_max_age = 100000); CREATE TABLE burnt (n int)");
        // Any other vacuum passes a locked table by; one against wraparound waits for it.
        await using var holder = await bench.Own.OpenAsync("holder");
        await RunAsync(holder, "BEGIN; LOCK TABLE accounts IN SHARE UPDATE EXCLUSIVE MODE");
        // As many transactions as the table may be old.
        await bench.ExecuteAsync("DO $$ BEGIN FOR n IN 1..100100 LOOP BEGIN INSERT INTO burnt VALUES (n); EXCEPTION WHEN others THEN NULL; END; END LOOP; END $$");
        await bench.ExecuteAsync("ALTER SYSTEM SET autovacuum_naptime = 1");
        await bench.ExecuteAsync("SELECT pg_reload_conf()");
        while (await bench.Own.ReadAsync<long>("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'autovacuum: VACUUM %public.accounts (to prevent wraparound)'") == 0) await Task.Delay(50, Token);

        var preflight = await bench.RunAsync([AddNote]);

        // The table's TOAST table may just be having one of its own.
        var finding = Assert.Single(preflight.Findings, finding => finding.Rule == MigrationRule.WraparoundVacuum && finding.Table == "public.accounts");
        Assert.Equal(MigrationVerdict.Warning, finding.Verdict);
    }

    private async Task<BackupBench> RestoredAsync() => new(await server.CreateAsync("business", RuleExample.Setup));

    private static PreflightRequest Request(BackupBench bench, string location)
    {
        var service = bench.Database.Service;
        return new() { Service = service with { Database = service.Database with { Undo = ["rollback"], Scratch = ["on", "{Database}"] } }, Deployment = "business-service", Location = location };
    }

    private static ServicePreflights Preflights(BackupBench bench, ScriptTool tool) => new(new DatabaseAddresses(() => bench.Objects), bench.Backups, () => tool, new SystemClock());

    private static async Task RunAsync(Npgsql.NpgsqlConnection connection, string sql)
    {
        await using var command = new Npgsql.NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
