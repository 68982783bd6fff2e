using VisionRollout.Core.Databases.Migrations;

namespace VisionRollout.Core.Tests.Databases.Migrations;

public sealed class SqlLogTests
{
    [Fact]
    public void Ectos_log_gives_statements_with_versions_and_times()
    {
        // ecto_sql 3.12, --log-migrations-sql --log-migrator-sql, logger at debug.
        var statements = Read("""
            09:30:00.001 [info] == Running 20261101120000 App.Repo.Migrations.AddTier.change/0 forward
            09:30:00.002 [debug] QUERY OK db=0.4ms
            LOCK TABLE "schema_migrations" IN SHARE UPDATE EXCLUSIVE MODE []
            09:30:00.003 [info] alter table customers
            09:30:00.010 [debug] QUERY OK source="x" db=12.5ms queue=0.1ms idle=3.0ms
            ALTER TABLE "customers"
              ADD COLUMN "tags" text[] DEFAULT '{}' []
            ↳ anonymous fn/5 in Ecto.Migration.Runner.log_and_execute_ddl/3, at: lib/ecto/migration/runner.ex:352
            09:30:00.011 [debug] QUERY OK source="schema_migrations" db=0.2ms
            INSERT INTO "schema_migrations" ("version","inserted_at") VALUES ($1,$2) [20261101120000, ~N[2026-11-23 09:30:00]]
            09:30:00.012 [info] == Migrated 20261101120000 in 0.0s
            09:30:00.013 [info] == Running 20261102000000 App.Repo.Migrations.Next.up/0 forward
            09:30:00.014 [debug] QUERY ERROR db=1.0ms
            UPDATE customers SET tier = 1 []
            ** (Postgrex.Error) ERROR 42703 (undefined_column) column "tier" does not exist
            """);
        Assert.Equal(2, statements.Count);
        Assert.Equal(new("20261101120000", "ALTER TABLE \"customers\"\n  ADD COLUMN \"tags\" text[] DEFAULT '{}'", TimeSpan.FromMilliseconds(12.5), false), statements[0]);
        Assert.Equal(new("20261102000000", "UPDATE customers SET tier = 1", TimeSpan.FromMilliseconds(1), true), statements[1]);
    }

    [Fact]
    public void So_does_that_of_Entity_Framework()
    {
        var statements = Read("""
            info: Microsoft.EntityFrameworkCore.Migrations[20402]
                  Applying migration '20261101120000_AddTier'.
            info: Microsoft.EntityFrameworkCore.Database.Command[20101]
                  Executed DbCommand (23ms) [Parameters=[], CommandType='Text', CommandTimeout='30']
                  ALTER TABLE "Customers" ADD "Tier" integer NOT NULL DEFAULT 0;
            info: Microsoft.EntityFrameworkCore.Database.Command[20101]
                  Executed DbCommand (1ms) [Parameters=[], CommandType='Text', CommandTimeout='30']
                  INSERT INTO "__EFMigrationsHistory" ("MigrationId") VALUES ('20261101120000_AddTier');
            """);
        var statement = Assert.Single(statements);
        Assert.Equal(("20261101120000_AddTier", TimeSpan.FromMilliseconds(23)), (statement.Version, statement.Duration));
        Assert.StartsWith("ALTER TABLE \"Customers\"", statement.Sql, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_SQL_logging_there_are_none() =>
        Assert.Empty(Read("09:30:00.001 [info] == Running 1 App.Repo.Migrations.AddTier.change/0 forward\n09:30:00.012 [info] == Migrated 1 in 0.0s"));

    private static IReadOnlyList<LoggedStatement> Read(string output)
    {
        var log = new SqlLog();
        foreach (var line in output.ReplaceLineEndings("\n").Split('\n')) log.Add(line);
        return log.Statements;
    }
}
