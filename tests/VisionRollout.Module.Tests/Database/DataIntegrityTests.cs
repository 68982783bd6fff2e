using VisionRollout.Core.Databases;
using VisionRollout.Core.Evidence;
using VisionRollout.Core.Journal;
using VisionRollout.Tests.Postgres;

namespace VisionRollout.Module.Tests.Database;

/// <summary>The criterion of zero data loss: the databases against the ledgers of their backups.</summary>
public sealed class DataIntegrityTests : IDisposable
{
    private const int Limit = 120_000;
    private readonly PostgresServer server;

    // The criterion reads with the service's own login, here from libpq's variables.
    public DataIntegrityTests(PostgresServer server)
    {
        this.server = server;
        Environment.SetEnvironmentVariable("PGUSER", "postgres");
        Environment.SetEnvironmentVariable("PGPASSWORD", PostgresServer.Sentinel);
    }

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("PGUSER", null);
        Environment.SetEnvironmentVariable("PGPASSWORD", null);
    }

    [Theory(Timeout = Limit)]
    [InlineData("", Verdict.Go, "2 tables: 2 as they were, 0 with every old row and new ones, 0 new")]
    [InlineData("ALTER TABLE orders ADD COLUMN note text; INSERT INTO orders SELECT n FROM generate_series(11, 20) n; UPDATE sessions SET n = -n WHERE n < 3", Verdict.Go,
        "2 tables: 0 as they were, 1 with every old row and new ones, 0 new, 1 in which 2 old rows were updated or deleted and no fewer are there")]
    [InlineData("DELETE FROM orders WHERE n < 4; INSERT INTO orders VALUES (11)", Verdict.NoGo, "business: table public.orders has 8 rows, not 10; 2 tables: 1 as they were")]
    [InlineData("ALTER TABLE orders DROP COLUMN n", Verdict.NoGo, "business: table public.orders with 10 rows has lost n")]
    public async Task Lost_is_what_is_not_there_any_more_however_much_was_added(string change, Verdict verdict, string reason)
    {
        var database = await server.CreateAsync("business", "CREATE TABLE orders AS SELECT n FROM generate_series(1, 10) n; CREATE TABLE sessions AS SELECT n FROM generate_series(1, 10) n");
        using var bench = await DatabaseBench.CreateAsync(database);
        await bench.RunAsync("Backup-ServiceDatabase");
        if (change.Length > 0) await database.ExecuteAsync(change);

        var finding = Assert.Single((await bench.RunAsync("Test-SuccessCriterion 'Data Integrity (lost)'")).As<Finding>());

        Assert.Equal(verdict, finding.Verdict);
        Assert.StartsWith(reason, finding.Reason, StringComparison.Ordinal);
        var compared = Assert.Single((await bench.JournalAsync()).OfType<DataCompared>());
        Assert.Equal(((long)finding.Measured!, 2), (compared.RowsLost, compared.TableCount));
        Assert.All(compared.Tables, table => Assert.NotEmpty(table.DigestBefore + table.DigestAfter));
    }

    [Fact(Timeout = Limit)]
    public async Task Contents_that_changed_without_a_writer_are_for_people_to_look_at()
    {
        var database = await server.CreateAsync("business", "CREATE TYPE state AS ENUM ('open'); CREATE TABLE orders AS SELECT 'open'::state AS state");
        using var bench = await DatabaseBench.CreateAsync(database);
        await bench.RunAsync("Backup-ServiceDatabase");
        await database.ExecuteAsync("ALTER TYPE state RENAME VALUE 'open' TO 'new'");

        var finding = Assert.Single((await bench.RunAsync("Test-SuccessCriterion 'Data Integrity (lost)'")).As<Finding>());

        Assert.Equal(Verdict.Undecided, finding.Verdict);
        Assert.StartsWith("business: table public.orders has other contents in rows that nobody has written", finding.Reason, StringComparison.Ordinal);
        Assert.Equal(TableChangeKind.Altered, Assert.Single(Assert.Single((await bench.JournalAsync()).OfType<DataCompared>()).Tables).Kind);
    }
}
