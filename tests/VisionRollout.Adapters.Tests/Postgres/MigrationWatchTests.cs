using NSubstitute;
using VisionRollout.Adapters.Postgres;
using VisionRollout.Core.Clock;
using VisionRollout.Core.Databases;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Workloads;

namespace VisionRollout.Tests.Postgres;

/// <summary>Who is in whose way during a migration: who is stopped, who is left alone, and what is said of it.</summary>
public sealed class MigrationWatchTests(PostgresServer server) : MigrationBench
{
    [Fact(Timeout = Limit)]
    public async Task A_migration_behind_an_open_reader_is_cancelled_the_queue_runs_and_the_reader_lives()
    {
        var database = await server.CreateAsync("business", Table);
        await using var reader = await database.OpenAsync("nightly-report");
        await RunAsync(reader, "BEGIN; SELECT count(*) FROM accounts");
        Task? queued = null;
        Pods.ExecAsync(default!, default!, default!, default!, Arg.Any<CancellationToken>()).ReturnsForAnyArgs(async call =>
        {
            await using var migration = await database.OpenAsync("anything");
            var altering = RunAsync(migration, "ALTER TABLE accounts ADD COLUMN tier text");
            queued = database.ReadAsync<long>("SELECT count(*) FROM accounts");
            return new ExecResult("business-service-1", await EndsAsync(altering), ["canceling statement"]);
        });

        var watch = System.Diagnostics.Stopwatch.StartNew();
        var failure = await Assert.ThrowsAsync<MigrationFailedException>(() => Migrations(database).MigrateAsync(Request(database), TestContext.Current.CancellationToken));
        await queued!;

        Assert.Equal(("MigrationBlocked", "migration"), (failure.Id, failure.Trigger));
        Assert.Contains($"'nightly-report' (pid {reader.ProcessID}, user postgres, idle in transaction", failure.Message, StringComparison.Ordinal);
        Assert.Contains(Lines, line => line.Contains("nightly-report", StringComparison.Ordinal));
        Assert.InRange(watch.Elapsed, TimeSpan.FromSeconds(0.9), TimeSpan.FromSeconds(15));
        await RunAsync(reader, "SELECT count(*) FROM accounts; COMMIT");
    }

    [Fact(Timeout = Limit)]
    public async Task Cancelled_behind_a_reader_it_is_tried_again_and_succeeds_when_the_reader_ends()
    {
        var database = await server.CreateAsync("business", Table);
        await using var reader = await database.OpenAsync("nightly-report");
        await RunAsync(reader, "BEGIN; SELECT count(*) FROM accounts");
        var attempts = 0;
        Pods.ExecAsync(default!, default!, default!, default!, Arg.Any<CancellationToken>()).ReturnsForAnyArgs(async call =>
        {
            if (++attempts == 2) await RunAsync(reader, "COMMIT");
            await using var migration = await database.OpenAsync("ecto-migrate");
            return new ExecResult("business-service-1", await EndsAsync(RunAsync(migration, "ALTER TABLE accounts ADD COLUMN tier text; INSERT INTO schema_migrations VALUES (2)")), []);
        });

        var result = await Migrations(database).MigrateAsync(Request(database) with { Attempts = 3, Pause = static _ => TimeSpan.Zero }, TestContext.Current.CancellationToken);

        Assert.Equal((2, "1", "2"), (attempts, result.Before, result.After));
        Assert.Contains(Lines, line => line.StartsWith("Attempt 1 of 3", StringComparison.Ordinal));
    }

    [Theory(Timeout = Limit)]
    [InlineData("** (Postgrex.Error) ERROR 55P03 (lock_not_available) canceling statement due to lock timeout", 3)]
    [InlineData("ERROR: deadlock detected", 3)]
    [InlineData("** (Postgrex.Error) ERROR 23502 (not_null_violation) null value", 1)]
    public async Task Only_a_lock_is_worth_another_attempt(string output, int expected)
    {
        var database = await server.CreateAsync("business", Table);
        InPod(database, "SELECT 1", 1, output);
        await Assert.ThrowsAsync<MigrationFailedException>(() => Migrations(database).MigrateAsync(Request(database) with { Attempts = 3, Pause = static _ => TimeSpan.Zero }, TestContext.Current.CancellationToken));
        await Pods.ReceivedWithAnyArgs(expected).ExecAsync(default!, default!, default!, default!, TestContext.Current.CancellationToken);
    }

    [Fact(Timeout = Limit)]
    public async Task A_migration_that_holds_up_others_is_cancelled_and_the_victim_is_named()
    {
        var database = await server.CreateAsync("business", Table);
        Task? victim = null;
        Pods.ExecAsync(default!, default!, default!, default!, Arg.Any<CancellationToken>()).ReturnsForAnyArgs(async call =>
        {
            await using var migration = await database.OpenAsync("ecto-migrate");
            await RunAsync(migration, "BEGIN; LOCK TABLE accounts");
            var working = EndsAsync(RunAsync(migration, "SELECT pg_sleep(50)"));
            await using var app = await database.OpenAsync("checkout");
            victim = RunAsync(app, "SELECT count(*) FROM accounts");
            var code = await working;
            await RunAsync(migration, "ROLLBACK");
            await victim;
            return new ExecResult("business-service-1", code, ["canceling statement"]);
        });

        var failure = await Assert.ThrowsAsync<MigrationFailedException>(() => Migrations(database).MigrateAsync(Request(database), TestContext.Current.CancellationToken));

        Assert.Equal("MigrationBlocked", failure.Id);
        Assert.Contains("it held up 'checkout'", failure.Message, StringComparison.Ordinal);
        Assert.True(victim!.IsCompletedSuccessfully);
    }

    [Fact(Timeout = Limit)]
    public async Task An_index_that_a_cancelled_build_left_invalid_is_dropped_and_older_ones_stay()
    {
        var database = await server.CreateAsync("business", Table, "INSERT INTO accounts VALUES (1), (1)");
        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => database.ExecuteAsync("CREATE UNIQUE INDEX CONCURRENTLY old_one ON accounts (id)"));
        Pods.ExecAsync(default!, default!, default!, default!, Arg.Any<CancellationToken>()).ReturnsForAnyArgs(async call =>
        {
            await using var migration = await database.OpenAsync("ecto-migrate");
            return new ExecResult("business-service-1", await EndsAsync(RunAsync(migration, "CREATE UNIQUE INDEX CONCURRENTLY \"New one\" ON accounts (id)")), ["could not create unique index"]);
        });

        await Assert.ThrowsAsync<MigrationFailedException>(() => Migrations(database).MigrateAsync(Request(database), TestContext.Current.CancellationToken));

        Assert.Equal("old_one", await database.ReadAsync<string>("SELECT string_agg(indexrelid::regclass::text, ',') FROM pg_index WHERE NOT indisvalid"));
        Assert.Contains(Lines, line => line.Contains("public.\"New one\", left by", StringComparison.Ordinal));
    }

    [Fact(Timeout = Limit)]
    public async Task Somebody_elses_waiting_statement_is_left_alone()
    {
        var database = await server.CreateAsync("business", Table);
        await using var holder = await database.OpenAsync("holder");
        await using var other = await database.OpenAsync("somebody");
        await RunAsync(holder, "BEGIN; SELECT count(*) FROM accounts");
        var waiting = RunAsync(other, "ALTER TABLE accounts ADD COLUMN theirs text");
        Pods.ExecAsync(default!, default!, default!, default!, Arg.Any<CancellationToken>()).ReturnsForAnyArgs(async call =>
        {
            // Two looks of the watch past its limit.
            await database.ExecuteAsync("SELECT pg_sleep(1.5)");
            return new ExecResult("business-service-1", 0, []);
        });

        await Migrations(database).MigrateAsync(Request(database) with { LockWait = TimeSpan.FromMilliseconds(100) }, TestContext.Current.CancellationToken);

        Assert.False(waiting.IsCompleted);
        await RunAsync(holder, "COMMIT");
        await waiting;
    }

    [Fact(Timeout = Limit)]
    public async Task A_migration_past_its_timeout_is_stopped_in_the_database_too()
    {
        var database = await server.CreateAsync("business", Table);
        var service = database.Service with { Database = database.Service.Database with { Timeout = TimeSpan.FromSeconds(1) } };
        Task<int>? statement = null;
        Pods.ExecAsync(default!, default!, default!, default!, Arg.Any<CancellationToken>()).ReturnsForAnyArgs(async call =>
        {
            var migration = await database.OpenAsync("ecto-migrate");
            statement = EndsAsync(RunAsync(migration, "SELECT pg_sleep(50)"));
            await Task.Delay(Timeout.Infinite, call.ArgAt<CancellationToken>(4));
            return null!;
        });

        var failure = await Assert.ThrowsAsync<MigrationFailedException>(() => Migrations(database).MigrateAsync(Request(database) with { Service = service }, TestContext.Current.CancellationToken));

        Assert.Equal(("MigrationTimeout", RolloutErrorKind.Timeout, "migration"), (failure.Id, failure.Kind, failure.Trigger));
        Assert.Equal(1, await statement!);
    }

    [Fact(Timeout = Limit)]
    public async Task A_migration_that_names_itself_nowhere_is_found_by_the_lock_of_its_tool()
    {
        var database = await server.CreateAsync("business", Table + "INSERT INTO accounts VALUES (1)");
        await using var app = await database.OpenAsync("immigration-service");
        var working = EndsAsync(RunAsync(app, "SELECT count(*), pg_sleep(8) FROM accounts"));
        // A service's connections are older than those of a migration: the server's own clock says when.
        while (!await database.ReadAsync<bool>($"SELECT clock_timestamp() - backend_start > interval '2 s' FROM pg_stat_activity WHERE pid = {app.ProcessID}")) await Task.Delay(100, TestContext.Current.CancellationToken);

        // As Ecto: one connection holds the lock, another one migrates; neither has a name. Whoever started them is dead.
        await using var locking = await database.OpenAsync("");
        await RunAsync(locking, "BEGIN; LOCK TABLE schema_migrations IN SHARE UPDATE EXCLUSIVE MODE");
        await using var migrating = await database.OpenAsync("");
        var backfill = EndsAsync(RunAsync(migrating, "BEGIN; UPDATE accounts SET id = 2; SELECT pg_sleep(50)"));

        await Migrations(database).EndInterruptedAsync(Request(database), TestContext.Current.CancellationToken);
        Assert.Equal(1, await backfill);
        Assert.Equal(1, await database.ReadAsync<int>("SELECT id FROM accounts"));
        Assert.Equal(0, await working); // nobody else's work
    }

    [Fact(Timeout = Limit)]
    public async Task A_lock_of_somebody_else_on_the_tools_table_is_told_and_not_touched()
    {
        var database = await server.CreateAsync("business", Table);
        var (role, login) = (database.Name + "_other", database.Name + "_login");
        await database.ExecuteAsync($"CREATE ROLE {role} LOGIN PASSWORD 'other'; GRANT ALL ON schema_migrations TO {role}; CREATE ROLE {login} LOGIN PASSWORD 'login'");
        try
        {
            await using var other = await LockingAsync(database, role, "other");
            var request = Request(database) with { Credential = new(login, "login") };
            var failure = await Assert.ThrowsAsync<RolloutException>(() => Migrations(database).EndInterruptedAsync(request, TestContext.Current.CancellationToken));
            Assert.Equal("MigrationStillRuns", failure.Id);
            await RunAsync(other, "COMMIT");
            await Migrations(database).EndInterruptedAsync(request, TestContext.Current.CancellationToken);
        }
        finally
        {
            await database.ExecuteAsync($"DROP OWNED BY {role}, {login}; DROP ROLE {role}, {login}");
        }
    }

    [Fact(Timeout = Limit)]
    public async Task The_login_of_an_administrator_ends_an_interrupted_migration_of_the_pods_role()
    {
        var database = await server.CreateAsync("business", Table);
        var role = database.Name + "_pod";
        await database.ExecuteAsync($"CREATE ROLE {role} LOGIN PASSWORD 'pod'; GRANT ALL ON schema_migrations TO {role}");
        try
        {
            await using var pod = await LockingAsync(database, role, "pod");
            await Migrations(database).EndInterruptedAsync(Request(database), TestContext.Current.CancellationToken);
            await Assert.ThrowsAnyAsync<Npgsql.NpgsqlException>(() => RunAsync(pod, "COMMIT"));
            Assert.Empty(Lines);
        }
        finally
        {
            await database.ExecuteAsync($"DROP OWNED BY {role}; DROP ROLE {role}");
        }
    }

    [Fact(Timeout = Limit)]
    public async Task A_signal_that_the_server_refuses_is_told()
    {
        // A member that does not inherit may become the pod's role, but not end its sessions.
        var database = await server.CreateAsync("business", Table);
        var (role, between, login) = (database.Name + "_pod", database.Name + "_between", database.Name + "_login");
        await database.ExecuteAsync($"CREATE ROLE {role} LOGIN PASSWORD 'pod'; GRANT ALL ON schema_migrations TO {role}; CREATE ROLE {between} NOINHERIT; GRANT {role} TO {between}; CREATE ROLE {login} LOGIN PASSWORD 'login'; GRANT {between}, pg_read_all_stats TO {login}");
        try
        {
            await using var pod = await LockingAsync(database, role, "pod");
            var failure = await Assert.ThrowsAsync<RolloutException>(() => Migrations(database).EndInterruptedAsync(Request(database) with { Credential = new(login, "login") }, TestContext.Current.CancellationToken));
            Assert.Equal("MigrationStillRuns", failure.Id);
            Assert.Contains(Lines, line => line.StartsWith($"The server does not let this login end pid {pod.ProcessID}: ", StringComparison.Ordinal));
            await RunAsync(pod, "COMMIT");
        }
        finally
        {
            await database.ExecuteAsync($"DROP OWNED BY {role}, {between}, {login}; DROP ROLE {role}, {between}, {login}");
        }
    }

    [Fact(Timeout = Limit)]
    public async Task A_migration_without_a_tools_lock_that_still_has_a_table_locked_is_told_and_not_touched()
    {
        var database = await server.CreateAsync("business", Table + "INSERT INTO accounts VALUES (1)");
        await using var app = await database.OpenAsync("business-service");
        await RunAsync(app, "BEGIN; UPDATE accounts SET id = 2"); // as a service works: no change of the schema
        await Migrations(database).EndInterruptedAsync(Request(database), TestContext.Current.CancellationToken);
        await RunAsync(app, "COMMIT");

        // As Rails or golang-migrate: no lock on their table, and a backfill behind the change.
        await using var migrating = await database.OpenAsync("");
        await RunAsync(migrating, "BEGIN; ALTER TABLE accounts ADD COLUMN region text; UPDATE accounts SET region = 'north'");
        var failure = await Assert.ThrowsAsync<RolloutException>(() => Migrations(database).EndInterruptedAsync(Request(database), TestContext.Current.CancellationToken));
        Assert.Equal("MigrationStillRuns", failure.Id);
        Assert.Contains($"pid {migrating.ProcessID}", failure.Message, StringComparison.Ordinal);

        await RunAsync(migrating, "COMMIT");
        await Migrations(database).EndInterruptedAsync(Request(database), TestContext.Current.CancellationToken);
        Assert.Equal("north", await database.ReadAsync<string>("SELECT region FROM accounts"));
    }
}
