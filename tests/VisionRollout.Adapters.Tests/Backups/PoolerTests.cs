using VisionRollout.Core.Databases;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Plan;
using VisionRollout.Tests.Postgres;

namespace VisionRollout.Tests.Backups;

/// <summary>What needs a session of its own on the server is refused through a pooler that gives it none.</summary>
public sealed class PoolerTests(PostgresServer server)
{
    private const int Limit = 120_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = Limit)]
    public async Task Backups_test_restores_and_restores_through_a_pooler_are_refused_before_anything_is_made()
    {
        if (PgBouncer.Obstacle is { } obstacle) Assert.Skip(obstacle);
        // Nobody else makes a database there meanwhile.
        await using var own = PostgresServer.Private();
        using var bench = new BackupBench(await own.CreateAsync("business", "CREATE TABLE t AS SELECT 1 AS n"));
        var backup = await bench.BackupAsync();
        await using var pooler = await PgBouncer.StartAsync(bench.Database, Token);
        var service = Pooled(bench, pooler);
        var before = await own.ListAsync("%");

        await RefusedAsync(() => bench.Backups.BackupAsync(new() { Service = service, Destination = bench.Destination, Label = "pooled", Credential = bench.Database.Credential }, Token), pooler);
        await RefusedAsync(() => bench.Backups.RestoreAsync(new() { Service = service, Location = backup.Location, TargetDatabase = bench.Database.Name + "_pooled", Credential = bench.Database.Credential }, Token), pooler);
        await RefusedAsync(() => bench.Backups.OnScratchAsync<int>(new() { Service = service, Location = backup.Location, Credential = bench.Database.Credential }, (_, _, _) => throw new InvalidOperationException("It got there."), Token), pooler);
        var test = await bench.Backups.TestAsync(new() { Service = service, Location = backup.Location, Credential = bench.Database.Credential }, Token);

        Assert.Equal(Core.Evidence.Verdict.Undecided, test.Verdict);
        Assert.Contains(test.Findings, finding => finding.Reason.Contains("through a connection pooler", StringComparison.Ordinal));
        Assert.Equal(before.Order(StringComparer.Ordinal), (await own.ListAsync("%")).Order(StringComparer.Ordinal));
        Assert.Equal("pre-deployment-20261123", Assert.Single(await bench.ListAsync()).Label);
    }

    [Fact(Timeout = Limit)]
    public async Task What_one_transaction_reads_is_read_through_a_pooler_too()
    {
        if (PgBouncer.Obstacle is { } obstacle) Assert.Skip(obstacle);
        using var bench = new BackupBench(await server.CreateAsync("business", "CREATE TABLE t AS SELECT n FROM generate_series(1, 7) n; CREATE TABLE schema_migrations AS SELECT 5::bigint AS version, now()::timestamp AS inserted_at"));
        await using var pooler = await PgBouncer.StartAsync(bench.Database, Token);
        var service = Pooled(bench, pooler);

        var direct = await bench.Databases.ReadLedgerAsync(bench.Database.Service, null, Token);
        var pooled = await bench.Databases.ReadLedgerAsync(service, bench.Database.Credential, Token);

        Assert.Equal(direct.Tables, pooled.Tables);
        Assert.Equal("5", Assert.Single(await bench.Databases.ReadMigrationsAsync(service, bench.Database.Credential, Token)).Version);
    }

    private static PlanService Pooled(BackupBench bench, PgBouncer pooler)
    {
        var service = bench.Database.PlainService;
        return service with { Database = service.Database with { Port = pooler.Port } };
    }

    private static async Task RefusedAsync(Func<Task> work, PgBouncer pooler)
    {
        var failure = await Assert.ThrowsAsync<RolloutException>(work);
        Assert.Equal("DatabaseThroughPooler", failure.Id);
        Assert.Contains($":{pooler.Port}", failure.Message, StringComparison.Ordinal);
        Assert.Contains("Name the server itself", failure.Remedy, StringComparison.Ordinal);
    }
}
