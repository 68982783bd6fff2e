using Npgsql;

namespace VisionRollout.Adapters.Postgres;

/// <summary>Indexes that a cancelled CREATE INDEX CONCURRENTLY leaves behind: never used, but kept up to date by every write.</summary>
internal static class InvalidIndexes
{
    // One that somebody is building right now is invalid too, and not left behind.
    private const string Query = """
        SELECT format('%I.%I', n.nspname, c.relname) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE NOT i.indisvalid AND c.relkind = 'i' AND NOT EXISTS (SELECT 1 FROM pg_stat_progress_create_index p WHERE p.index_relid = i.indexrelid)
        """;

    /// <summary>Their names, quoted.</summary>
    /// <exception cref="Core.Errors.RolloutException">The database cannot be read.</exception>
    public static async Task<IReadOnlyCollection<string>> ReadAsync(DatabaseAddress address, CancellationToken token)
    {
        await using var connection = await address.OpenAsync(token);
        try
        {
            return await ReadAsync(connection, token);
        }
        catch (Exception exception) when (exception is NpgsqlException or IOException)
        {
            throw PostgresErrors.From(exception, address);
        }
    }

    /// <summary>Drops those that are not in a list. What cannot be dropped is told with the statement that does it.</summary>
    public static async Task SweepAsync(DatabaseAddress address, IReadOnlyCollection<string> known, Action<string> onLine, CancellationToken token)
    {
        try
        {
            await using var connection = await address.OpenAsync(token);
            foreach (var name in (await ReadAsync(connection, token)).Except(known, StringComparer.Ordinal)) await DropAsync(connection, name, onLine, token);
        }
        catch (Exception exception) when (exception is NpgsqlException or IOException or Core.Errors.RolloutException)
        {
            onLine($"Whether an invalid index was left behind could not be seen: {address.Redact(exception.Message)}");
        }
    }

    private static async Task DropAsync(NpgsqlConnection connection, string name, Action<string> onLine, CancellationToken token)
    {
        try
        {
            await ExecuteAsync(connection, "SET statement_timeout = '10s'", token);
            await ExecuteAsync(connection, $"DROP INDEX CONCURRENTLY IF EXISTS {name}", token);
            onLine($"The invalid index {name}, left by the cancelled migration, was dropped.");
        }
        catch (PostgresException exception)
        {
            onLine($"The invalid index {name} was left by the cancelled migration and could not be dropped ({exception.MessageText}). Drop it by hand: DROP INDEX CONCURRENTLY {name};");
        }
    }

    private static async Task<IReadOnlyCollection<string>> ReadAsync(NpgsqlConnection connection, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(Query, connection);
        await using var reader = await command.ExecuteReaderAsync(token);
        var names = new List<string>();
        while (await reader.ReadAsync(token)) names.Add(reader.GetString(0));
        return names;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(token);
    }
}
