using System.Diagnostics;
using System.Globalization;
using Npgsql;
using VisionRollout.Rehearsal.Cluster;
using VisionRollout.Rehearsal.Faults;
using VisionRollout.Rehearsal.Postgres;
using VisionRollout.Rehearsal.Seed;

namespace VisionRollout.Rehearsal.Exec;

/// <summary>
/// <c>mix ecto.migrate</c>, <c>ecto.rollback</c> and <c>ecto.migrations</c> against the service's real database: each migration
/// is one transaction with its row in schema_migrations, and says on standard output what Ecto says. <c>mix rollout.check</c> is the
/// application's own task: it reads and writes as the version without the pending migrations does, and takes its writes back.
/// DATABASE_NAME in the environment names the database, as in the application's configuration.
/// </summary>
internal sealed class EctoTasks(IActiveFaults faults, IClusterClock clock)
{
    private const string DefaultLockTimeout = "5s";

    /// <summary>Runs one task.</summary>
    /// <returns>0, or 1 when it failed.</returns>
    public async Task<int> RunAsync(EctoCommand command, CancellationToken token)
    {
        var task = command.Words.Count > 0 ? command.Words[0] : string.Empty;
        if (task is not ("ecto.migrate" or "ecto.rollback" or "ecto.migrations" or "rollout.check"))
            return await FailAsync(command, $"** (Mix) The task \"{task}\" could not be found");
        if (EctoOptions.Parse([.. command.Words.Skip(1)], out var faulty) is not { } options)
            return await FailAsync(command, $"** (OptionParser.ParseError) 1 error found!\n{faulty} : Unknown option");
        try
        {
            await using var connection = new NpgsqlConnection(ConnectionOf(command));
            await connection.OpenAsync(token);
            // As Ecto: one connection holds the lock for the whole run, another one migrates.
            await using var locking = new NpgsqlConnection(ConnectionOf(command));
            await locking.OpenAsync(token);
            await using var holding = task is "ecto.migrate" or "ecto.rollback" ? await LockAsync(command, options, locking, token) : null;
            var schema = ServiceSchema.Of(command.Database.Service);
            if (task == "rollout.check")
                return await CheckAsync(command, connection, schema, token);
            var versions = await AppliedAsync(connection, token);
            switch (task)
            {
                case "ecto.migrate":
                    await MigrateAsync(command, options, connection, schema, versions, token);
                    break;
                case "ecto.rollback":
                    await RollBackAsync(command, options, connection, schema, versions, token);
                    break;
                default:
                    await ListAsync(command, schema, versions);
                    break;
            }

            return 0;
        }
        catch (PostgresException e)
        {
            return await FailAsync(command, PostgresMessage(e));
        }
        catch (NpgsqlException e)
        {
            return await FailAsync(command, $"** (DBConnection.ConnectionError) {e.Message}");
        }
    }

    private async Task MigrateAsync(
        EctoCommand command, EctoOptions options, NpgsqlConnection connection, ServiceSchema schema, HashSet<long> versions, CancellationToken token)
    {
        var pending = schema.Migrations
            .Where(migration => !versions.Contains(migration.Version) && migration.Version <= (options.To ?? long.MaxValue))
            .Take(options.Steps ?? int.MaxValue).ToArray();
        // What no preflight on a restored backup can see: it fails on rows that only the live database has.
        var fails = IsActive(command, FaultNames.MigrationFailure) && DatabaseOf(command) == command.Database.Database;
        foreach (var migration in pending)
        {
            var up = migration == pending[^1] ? [.. migration.Up, .. Incompatible(command, migration, forward: true)] : migration.Up;
            if (fails && migration == pending[^1])
                up = [.. up, $"ALTER TABLE {migration.Table} ADD COLUMN tenant_id bigint NOT NULL"];
            var mark = $"INSERT INTO schema_migrations (version, inserted_at) VALUES ({migration.Version}, '{clock.Now.UtcDateTime:yyyy-MM-dd HH:mm:ss}')";
            await RunAsync(command, options, connection, migration, "forward", [.. up], mark, token);
        }

        if (pending.Length == 0)
            await SayAsync(command, "Migrations already up");
    }

    private async Task RollBackAsync(
        EctoCommand command, EctoOptions options, NpgsqlConnection connection, ServiceSchema schema, HashSet<long> versions, CancellationToken token)
    {
        var steps = options.Steps ?? (options.All || options.To is not null ? int.MaxValue : 1);
        var applied = schema.Migrations.Reverse()
            .Where(migration => versions.Contains(migration.Version) && migration.Version >= (options.To ?? 0))
            .Take(steps).ToArray();
        foreach (var migration in applied)
        {
            IReadOnlyList<string> down = migration == schema.Migrations[^1] ? [.. Incompatible(command, migration, forward: false), .. migration.Down] : migration.Down;
            await RunAsync(command, options, connection, migration, "backward", down,
                $"DELETE FROM schema_migrations WHERE version = {migration.Version}", token);
        }

        if (applied.Length == 0)
            await SayAsync(command, "Migrations already down");
    }

    private bool IsActive(EctoCommand command, string fault) => faults.Active(fault).Any(item => item.Service is null || item.Service == command.Database.Service);

    /// <summary>What the old version cannot work with: its table gets another name.</summary>
    private string[] Incompatible(EctoCommand command, Migration migration, bool forward)
    {
        var (old, now) = forward ? (migration.Table, $"{migration.Table}_v2") : ($"{migration.Table}_v2", migration.Table);
        return IsActive(command, FaultNames.MigrationIncompatible) ? [$"ALTER TABLE {old} RENAME TO {now}"] : [];
    }

    private static async Task<int> CheckAsync(EctoCommand command, NpgsqlConnection connection, ServiceSchema schema, CancellationToken token)
    {
        await using var transaction = await connection.BeginTransactionAsync(token);
        await using var statements = new NpgsqlCommand(schema.Checks, connection, transaction);
        await statements.ExecuteNonQueryAsync(token);
        await transaction.RollbackAsync(token);
        await command.StdOut("Reads and writes as expected.\n");
        return 0;
    }

    /// <summary>One migration in one transaction: all of it happens, or nothing.</summary>
    private async Task RunAsync(
        EctoCommand command, EctoOptions options, NpgsqlConnection connection, Migration migration, string direction,
        IReadOnlyList<string> statements, string mark, CancellationToken token)
    {
        var started = Stopwatch.StartNew();
        await SayAsync(command, $"== Running {migration.Version} {ModuleOf(command)}.Repo.Migrations.{migration.Module}.change/0 {direction}");
        await using var transaction = await connection.BeginTransactionAsync(token);
        if (!SetsLockTimeout(command))
            await QueryAsync(command, options.LogMigrator, connection, $"SET LOCAL lock_timeout TO '{DefaultLockTimeout}'", token);
        foreach (var statement in statements)
            await QueryAsync(command, options.LogStatements, connection, statement, token);
        await QueryAsync(command, options.LogMigrator, connection, mark, token);
        await transaction.CommitAsync(token);
        await SayAsync(command, string.Create(CultureInfo.InvariantCulture, $"== Migrated {migration.Version} in {started.Elapsed.TotalSeconds:0.0}s"));
    }

    private async Task<NpgsqlTransaction> LockAsync(EctoCommand command, EctoOptions options, NpgsqlConnection connection, CancellationToken token)
    {
        var transaction = await connection.BeginTransactionAsync(token);
        await QueryAsync(command, options.LogMigrator, connection, "LOCK TABLE schema_migrations IN SHARE UPDATE EXCLUSIVE MODE", token);
        return transaction;
    }

    private async Task QueryAsync(EctoCommand command, bool logged, NpgsqlConnection connection, string sql, CancellationToken token)
    {
        var started = Stopwatch.StartNew();
        await using var statement = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        var outcome = "ERROR";
        try
        {
            await statement.ExecuteNonQueryAsync(token);
            outcome = "OK";
        }
        finally
        {
            if (logged)
                await SayAsync(command, string.Create(CultureInfo.InvariantCulture, $"QUERY {outcome} db={started.Elapsed.TotalMilliseconds:0.0}ms\n{sql} []"));
        }
    }

    private static async Task ListAsync(EctoCommand command, ServiceSchema schema, HashSet<long> versions)
    {
        await command.StdOut($"\nRepo: {ModuleOf(command)}.Repo\n\n  Status    Migration ID    Migration Name\n{new string('-', 50)}\n");
        foreach (var (version, name) in schema.Applied.Concat(schema.Migrations.Select(migration => (migration.Version, migration.Name))))
            await command.StdOut($"  {(versions.Contains(version) ? "up  " : "down")}      {version}  {name}\n");
        await command.StdOut("\n");
    }

    private static async Task<HashSet<long>> AppliedAsync(NpgsqlConnection connection, CancellationToken token)
    {
        await using var command = new NpgsqlCommand("SELECT version FROM schema_migrations", connection);
        await using var reader = await command.ExecuteReaderAsync(token);
        var versions = new HashSet<long>();
        while (await reader.ReadAsync(token))
            versions.Add(reader.GetInt64(0));
        return versions;
    }

    private static string DatabaseOf(EctoCommand command) =>
        command.Environment.GetValueOrDefault("DATABASE_NAME") is { Length: > 0 } name ? name : command.Database.Database;

    // Postgrex tells no application_name.
    private static string ConnectionOf(EctoCommand command) => new NpgsqlConnectionStringBuilder((command.Database with { Database = DatabaseOf(command) }).Connection("", command.Environment.GetValueOrDefault("PGOPTIONS")))
    {
        Pooling = false,
    }.ConnectionString;

    private static bool SetsLockTimeout(EctoCommand command) =>
        command.Environment.GetValueOrDefault("PGOPTIONS")?.Contains("lock_timeout", StringComparison.Ordinal) == true;

    private static string ModuleOf(EctoCommand command) =>
        string.Concat(command.Database.Service.Split('-', '_').Where(word => word.Length > 0).Select(word => char.ToUpperInvariant(word[0]) + word[1..]));

    private Task SayAsync(EctoCommand command, string text) =>
        command.StdOut(string.Create(CultureInfo.InvariantCulture, $"{clock.Now.UtcDateTime:HH:mm:ss.fff} [info] {text}\n"));

    private static async Task<int> FailAsync(EctoCommand command, string text)
    {
        await command.StdErr(text + "\n");
        return 1;
    }

    /// <summary>The words of Postgrex.Error: the code, its condition name (PostgreSQL's errcodes) and the message.</summary>
    private static string PostgresMessage(PostgresException e)
    {
        var details = new (string Name, string? Value)[]
        {
            ("table", e.TableName), ("column", e.ColumnName), ("constraint", e.ConstraintName), ("hint", e.Hint),
        }.Where(detail => !string.IsNullOrEmpty(detail.Value)).Select(detail => $"\n\n    {detail.Name}: {detail.Value}");
        return $"** (Postgrex.Error) {e.Severity} {e.SqlState} ({Condition(e.SqlState)}) {e.MessageText}{string.Concat(details)}\n"
            + "    (ecto_sql 3.12.1) lib/ecto/adapters/sql.ex:1096: Ecto.Adapters.SQL.raise_sql_call_error/1";
    }

    private static string Condition(string sqlState) => sqlState switch
    {
        PostgresErrorCodes.NotNullViolation => "not_null_violation",
        PostgresErrorCodes.UniqueViolation => "unique_violation",
        PostgresErrorCodes.LockNotAvailable => "lock_not_available",
        PostgresErrorCodes.QueryCanceled => "query_canceled",
        PostgresErrorCodes.DeadlockDetected => "deadlock_detected",
        PostgresErrorCodes.DuplicateColumn => "duplicate_column",
        PostgresErrorCodes.DuplicateTable => "duplicate_table",
        PostgresErrorCodes.UndefinedColumn => "undefined_column",
        PostgresErrorCodes.UndefinedTable => "undefined_table",
        PostgresErrorCodes.DependentObjectsStillExist => "dependent_objects_still_exist",
        PostgresErrorCodes.InsufficientPrivilege => "insufficient_privilege",
        PostgresErrorCodes.AdminShutdown => "admin_shutdown",
        _ => "error",
    };
}
