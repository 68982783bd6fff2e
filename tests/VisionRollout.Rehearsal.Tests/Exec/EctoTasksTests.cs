using System.Text;
using VisionRollout.Rehearsal.Exec;
using VisionRollout.Rehearsal.Faults;
using VisionRollout.Rehearsal.Postgres;
using VisionRollout.Rehearsal.Scenario;
using VisionRollout.Rehearsal.Tests.Postgres;
using VisionRollout.Rehearsal.Time;

namespace VisionRollout.Rehearsal.Tests.Exec;

public sealed class EctoTasksTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 11, 23, 9, 30, 0, TimeSpan.Zero);

    private readonly VirtualClock clock = new(Start);
    private readonly StringBuilder output = new();
    private readonly StringBuilder errors = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task Migrate_applies_what_is_pending_and_says_so_like_Ecto()
    {
        await using var databases = await postgres.DatabasesAsync("migrate", Token);
        var database = databases["business"];

        Assert.Equal(0, await RunAsync(new FaultSchedule(clock), database, "ecto.migrate", "--log-sql"));

        Assert.Equal(20261108090000L, await LatestAsync(database));
        Assert.Equal("standard", await PostgresFixture.AskAsync(database.Connection("test"), "SELECT min(loyalty_tier) FROM customers", Token));
        Assert.Contains("[info] == Running 20261101120000 Business.Repo.Migrations.AddLoyaltyTier.change/0 forward", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("ALTER TABLE customers ADD COLUMN loyalty_tier", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("[info] == Migrated 20261108090000 in ", output.ToString(), StringComparison.Ordinal);
        output.Clear();
        Assert.Equal(0, await RunAsync(new FaultSchedule(clock), database, "ecto.migrate"));
        Assert.Contains("Migrations already up", output.ToString(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Migrate_to_a_version_and_rollback_by_steps_move_the_real_schema()
    {
        await using var databases = await postgres.DatabasesAsync("steps", Token);
        var database = databases["business"];
        var faults = new FaultSchedule(clock);

        Assert.Equal(0, await RunAsync(faults, database, "ecto.migrate", "--to", "20261101120000"));
        Assert.Equal(20261101120000L, await LatestAsync(database));
        Assert.Equal(0, await RunAsync(faults, database, "ecto.migrate"));
        Assert.Equal(0, await RunAsync(faults, database, "ecto.rollback", "-n", "2"));
        Assert.Equal(20260713140000L, await LatestAsync(database));
        Assert.Equal(0L, await PostgresFixture.AskAsync(
            database.Connection("test"), "SELECT count(*) FROM information_schema.columns WHERE column_name = 'loyalty_tier'", Token));
        Assert.Contains("AddLoyaltyTier.change/0 backward", output.ToString(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task The_list_shows_what_is_up_and_what_is_down()
    {
        await using var databases = await postgres.DatabasesAsync("list", Token);

        Assert.Equal(0, await RunAsync(new FaultSchedule(clock), databases["business"], "ecto.migrations"));

        Assert.Contains("up        20260713140000  create_invoices", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("down      20261101120000  add_loyalty_tier", output.ToString(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_failing_migration_is_rolled_back_whole_and_the_one_before_it_stays()
    {
        await using var databases = await postgres.DatabasesAsync("failure", Token);
        var database = databases["business"];
        var faults = new FaultSchedule(clock);
        await faults.AddAsync(new ScenarioFault { Name = FaultNames.MigrationFailure, Target = new() { Service = "business" } }, Start);

        Assert.Equal(1, await RunAsync(faults, database, "ecto.migrate"));

        Assert.Equal(20261101120000L, await LatestAsync(database));
        Assert.Equal(DBNull.Value, await PostgresFixture.AskAsync(database.Connection("test"), "SELECT to_regclass('vision_documents')::text", Token));
        Assert.Contains("** (Postgrex.Error) ERROR 23502 (not_null_violation)", errors.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, await RunAsync(faults, databases["billing"], "ecto.migrate"));
    }

    [Fact(Timeout = 60_000)]
    public async Task DATABASE_NAME_leads_to_another_database_which_the_failure_leaves_alone()
    {
        await using var databases = await postgres.DatabasesAsync("elsewhere", Token);
        var database = databases["business"];
        var faults = new FaultSchedule(clock);
        await faults.AddAsync(new ScenarioFault { Name = FaultNames.MigrationFailure, Target = new() { Service = "business" } }, Start);

        Npgsql.NpgsqlConnection.ClearAllPools();
        await PostgresFixture.AskAsync((database with { Database = "postgres" }).Connection("test"), $"CREATE DATABASE elsewhere_copy TEMPLATE {database.Database}", Token);

        Assert.Equal(0, await RunAsync(faults, database, ["ecto.migrate"], null, "elsewhere_copy"));

        Assert.Equal(20260713140000L, await LatestAsync(database));
    }

    [Fact(Timeout = 60_000)]
    public async Task The_old_versions_check_passes_before_and_after_the_migrations_and_leaves_no_row()
    {
        await using var databases = await postgres.DatabasesAsync("check", Token);
        foreach (var database in databases.All)
        {
            Assert.Equal(0, await RunAsync(new FaultSchedule(clock), database, "rollout.check"));
            Assert.Equal(0, await RunAsync(new FaultSchedule(clock), database, "ecto.migrate"));
            Assert.Equal(0, await RunAsync(new FaultSchedule(clock), database, "rollout.check"));
        }

        Assert.Equal(200L, await PostgresFixture.AskAsync(databases["business"].Connection("test"), "SELECT count(*) FROM customers", Token));
    }

    [Fact(Timeout = 60_000)]
    public async Task After_an_incompatible_migration_the_check_fails_and_the_rollback_mends_it()
    {
        await using var databases = await postgres.DatabasesAsync("incompatible", Token);
        var database = databases["business"];
        var faults = new FaultSchedule(clock);
        await faults.AddAsync(new ScenarioFault { Name = FaultNames.MigrationIncompatible, Target = new() { Service = "business" } }, Start);

        Assert.Equal(0, await RunAsync(faults, database, "ecto.migrate", "--log-sql"));
        Assert.Contains("ALTER TABLE customers RENAME TO customers_v2", output.ToString(), StringComparison.Ordinal);
        Assert.Equal(1, await RunAsync(faults, database, "rollout.check"));
        Assert.Contains("42P01 (undefined_table)", errors.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, await RunAsync(faults, database, "ecto.rollback", "-n", "2"));
        Assert.Equal(0, await RunAsync(faults, database, "rollout.check"));
    }

    [Fact(Timeout = 60_000)]
    public async Task An_open_reader_blocks_a_migration_until_its_lock_timeout()
    {
        await using var databases = await postgres.DatabasesAsync("block", Token);
        var database = databases["business"];
        var faults = new FaultSchedule(clock);
        await using var block = new MigrationBlock(databases);
        faults.Enact(block);
        var blocking = await faults.AddAsync(new ScenarioFault { Name = FaultNames.MigrationBlock, Target = new() { Service = "business" } }, Start);

        Assert.Equal(1, await RunAsync(faults, database, ["ecto.migrate"], "-c lock_timeout=200ms"));

        Assert.Contains("55P03 (lock_not_available)", errors.ToString(), StringComparison.Ordinal);
        Assert.Equal(1L, await PostgresFixture.AskAsync(
            database.Connection("test"), $"SELECT count(*) FROM pg_stat_activity WHERE application_name = '{MigrationBlock.ReaderName}' AND state = 'idle in transaction'", Token));
        await faults.RemoveAsync(blocking.Id);
        Assert.Equal(0, await RunAsync(faults, database, "ecto.migrate"));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("ecto.migrate --frobnicate", "--frobnicate : Unknown option")]
    [InlineData("ecto.dance", "The task \"ecto.dance\" could not be found")]
    public async Task What_mix_does_not_know_fails(string words, string expected)
    {
        await using var databases = await postgres.DatabasesAsync("unknown" + words.Length, Token);

        Assert.Equal(1, await RunAsync(new FaultSchedule(clock), databases["business"], words.Split(' ')));

        Assert.Contains(expected, errors.ToString(), StringComparison.Ordinal);
    }

    public ValueTask DisposeAsync() => clock.DisposeAsync();

    private Task<int> RunAsync(FaultSchedule faults, ServiceDatabase database, params string[] words) => RunAsync(faults, database, words, null);

    private Task<int> RunAsync(FaultSchedule faults, ServiceDatabase database, string[] words, string? options, string? name = null)
    {
        var environment = new Dictionary<string, string>();
        if (name is not null)
            environment["DATABASE_NAME"] = name;
        if (options is not null)
            environment["PGOPTIONS"] = options;
        return new EctoTasks(faults, clock).RunAsync(new EctoCommand(database, words, environment, Into(output), Into(errors)), Token);
    }

    private static async Task<long> LatestAsync(ServiceDatabase database) =>
        (long)(await PostgresFixture.AskAsync(database.Connection("test"), "SELECT max(version) FROM schema_migrations", Token))!;

    private static Func<string, Task> Into(StringBuilder text) => written =>
    {
        text.Append(written);
        return Task.CompletedTask;
    };
}
