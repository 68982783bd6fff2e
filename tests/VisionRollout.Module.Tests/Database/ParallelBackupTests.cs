using Npgsql;
using VisionRollout.Core.Databases;
using VisionRollout.Tests.Postgres;

namespace VisionRollout.Module.Tests.Database;

/// <summary>Backups of several services side by side.</summary>
public sealed class ParallelBackupTests(PostgresServer server)
{
    private const int Limit = 180_000;
    private const int Services = 4;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Timeout = Limit)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task As_many_run_side_by_side_as_the_bound_allows_and_all_are_good(int bound)
    {
        var databases = new List<TestDatabase>();
        foreach (var service in (string[])["business", "core", "swarm", "development"]) databases.Add(await server.CreateAsync(service, "CREATE TABLE held AS SELECT n FROM generate_series(1, 100) n"));
        using var bench = await DatabaseBench.CreateAsync([.. databases]);
        // Each backup waits for the lock on its table, and holds its place meanwhile.
        var holders = new Queue<NpgsqlConnection>();
        foreach (var database in databases)
        {
            holders.Enqueue(await database.OpenAsync("holder"));
            await ExecuteAsync(holders.Last(), "BEGIN; LOCK TABLE held IN ACCESS EXCLUSIVE MODE");
        }

        var run = bench.RunAsync($"Get-RolloutService | Backup-ServiceDatabase -ThrottleLimit {bound}");
        var most = 0;
        var freed = new HashSet<string>(StringComparer.Ordinal);
        for (var left = Services; left > 0; left--)
        {
            // As many wait as there are places for those that are left; only then one of them may go on.
            var waiting = await WaitingAsync(databases, freed, Math.Min(bound, left), count => most = Math.Max(most, count));
            freed.Add(waiting);
            await using var holder = Take(holders, waiting);
            await ExecuteAsync(holder, "COMMIT");
        }

        var result = await run;

        Assert.Empty(result.Errors);
        Assert.Equal(bound, most);
        Assert.Equal(Services, result.As<DatabaseBackup>().Count);
        Assert.All(result.As<DatabaseBackup>(), backup => Assert.Equal(100, backup.Rows));
    }

    // Gives the database of one that waits, when so many wait whose lock has not been freed. Tells meanwhile how many of those are under way at all.
    private static async Task<string> WaitingAsync(List<TestDatabase> databases, HashSet<string> freed, int wanted, Action<int> onUnderWay)
    {
        await using var connection = await databases[0].OpenAsync("observer");
        while (true)
        {
            await using var command = new NpgsqlCommand("""
                SELECT datname, bool_or(wait_event_type = 'Lock') FROM pg_stat_activity WHERE application_name = 'VisionRollout' AND datname = ANY ($1) GROUP BY datname
                """, connection);
            command.Parameters.AddWithValue(databases.Select(database => database.Name).ToArray());
            var waiting = new List<string>();
            var underWay = 0;
            await using (var reader = await command.ExecuteReaderAsync(Token))
            {
                while (await reader.ReadAsync(Token))
                {
                    // Of one that was freed a session may still be on its way out when the next one has its place.
                    if (freed.Contains(reader.GetString(0))) continue;
                    underWay++;
                    if (await reader.GetFieldValueAsync<bool?>(1, Token) == true) waiting.Add(reader.GetString(0));
                }
            }

            onUnderWay(underWay);
            if (waiting.Count >= wanted) return waiting[0];
            await Task.Delay(20, Token);
        }
    }

    private static NpgsqlConnection Take(Queue<NpgsqlConnection> holders, string database)
    {
        while (true)
        {
            var holder = holders.Dequeue();
            if (holder.Database == database) return holder;
            holders.Enqueue(holder);
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Token);
    }
}
