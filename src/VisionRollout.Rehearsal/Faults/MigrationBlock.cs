using System.Collections.Concurrent;
using Npgsql;
using VisionRollout.Rehearsal.Postgres;
using VisionRollout.Rehearsal.Seed;

namespace VisionRollout.Rehearsal.Faults;

/// <summary>While the fault lasts, a report's open transaction reads the tables that the pending migrations want to change.</summary>
internal sealed class MigrationBlock(ServiceDatabases databases) : IFaultEffect, IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, List<NpgsqlConnection>> readers = new(StringComparer.Ordinal);

    /// <summary>The application name of the reader, as pg_stat_activity shows it.</summary>
    public const string ReaderName = "nightly-report";

    /// <inheritdoc/>
    public string Name => FaultNames.MigrationBlock;

    /// <inheritdoc/>
    public async Task BeginAsync(ScheduledFault fault)
    {
        var open = readers.GetOrAdd(fault.Id, _ => []);
        foreach (var database in databases.All.Where(database => fault.Target.Service is null || fault.Target.Service == database.Service))
            open.Add(await ReadAsync(database));
    }

    /// <inheritdoc/>
    public async Task EndAsync(ScheduledFault fault)
    {
        if (!readers.TryRemove(fault.Id, out var open))
            return;
        foreach (var reader in open)
            await reader.DisposeAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var reader in readers.Values.SelectMany(open => open))
            await reader.DisposeAsync();
        readers.Clear();
    }

    private static async Task<NpgsqlConnection> ReadAsync(ServiceDatabase database)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database.Connection(ReaderName)) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        var tables = ServiceSchema.Of(database.Service).Migrations.Select(migration => migration.Table).Distinct();
        var reads = string.Concat(tables.Select(table => $"SELECT count(*) FROM {SqlName.Quote(table)};"));
        await using var command = new NpgsqlCommand($"BEGIN; {reads}", connection);
        await command.ExecuteNonQueryAsync();
        return connection;
    }
}
