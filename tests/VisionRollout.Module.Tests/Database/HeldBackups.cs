using Npgsql;
using VisionRollout.Tests.Postgres;

namespace VisionRollout.Module.Tests.Database;

/// <summary>Keeps backups of a database from getting beyond their middle: the tables are dumped, the large objects, which come after them, are locked.
/// Whatever is to happen to a backup under way then happens in time, however slow the machine.</summary>
internal sealed class HeldBackups : IAsyncDisposable
{
    /// <summary>Makes the large object that a backup of the database is held at.</summary>
    public const string LargeObject = "SELECT lo_from_bytea(0, 'held')";

    private readonly TestDatabase database;
    private readonly NpgsqlConnection holder;

    private HeldBackups(TestDatabase database, NpgsqlConnection holder)
    {
        this.database = database;
        this.holder = holder;
    }

    public static async Task<HeldBackups> BeginAsync(TestDatabase database)
    {
        var holder = await database.OpenAsync("holder");
        await using var command = new NpgsqlCommand("BEGIN; LOCK TABLE pg_catalog.pg_largeobject IN ACCESS EXCLUSIVE MODE", holder);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        return new(database, holder);
    }

    /// <summary>Ends when pg_dump has come to the large objects, which it reads with calls of functions.</summary>
    public async Task ReachAsync(CancellationToken token)
    {
        while (await database.ReadAsync<long>("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND state = 'fastpath function call'") == 0)
            await Task.Delay(50, token);
    }

    /// <summary>Lets them go on.</summary>
    public ValueTask DisposeAsync() => holder.DisposeAsync();
}
