using Npgsql;
using VisionRollout.Core.Databases;

namespace VisionRollout.Adapters.Postgres;

/// <summary>Counts and digests the tables of a database in the transaction that its caller began.</summary>
internal static class LedgerReader
{
    // The alias must not be the name of a column, or the cast would take the column instead of the row.
    private const string Alias = "\"visionrollout row\"";

    // Tables with contents of their own: no partition parents, nothing that belongs to an extension (a dump leaves it out).
    private const string TablesQuery = """
        SELECT n.nspname, c.relname, ARRAY(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
          AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
        ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C"
        """;

    // Contents in pieces of 1 MiB, so that none is ever whole in memory. Who may not read them can still count them.
    private const string LargeObjectsQuery = """
        SELECT count(DISTINCT m.oid), coalesce(sum(hashtextextended(m.oid || ':' || piece || ':' || encode(lo_get(m.oid, piece * 1048576, 1048576), 'hex'), 0)), 0)::text
        FROM pg_largeobject_metadata m
        CROSS JOIN LATERAL generate_series(0, (SELECT max(o.pageno)::bigint * 2048 / 1048576 FROM pg_largeobject o WHERE o.loid = m.oid)) AS piece
        """;

    private const string LargeObjectsFacts = "SELECT count(*), has_table_privilege('pg_catalog.pg_largeobject', 'SELECT') FROM pg_catalog.pg_largeobject_metadata";

    /// <summary>Reads all tables, and all large objects as if they were one.</summary>
    /// <param name="connection">In a transaction that reads only.</param>
    /// <param name="earlier">A ledger to compare with: the digests are taken over its columns, and the rows that nobody has written since apart. Null:
    /// over all columns.</param>
    /// <param name="present">The snapshot of the transaction under way; null where there is no earlier ledger.</param>
    /// <param name="token">Cancels.</param>
    public static async Task<IReadOnlyList<TableDigest>> ReadAsync(NpgsqlConnection connection, DatabaseLedger? earlier, TransactionSnapshot? present, CancellationToken token)
    {
        var tables = new List<TableDigest>();
        var known = earlier?.Tables.ToDictionary(table => table.Name, StringComparer.Ordinal);
        var since = present is null ? null : TransactionSnapshot.TryParse(earlier?.Transactions);
        foreach (var table in await ListAsync(connection, token))
        {
            var columns = known?.GetValueOrDefault($"{table.Schema}.{table.Name}")?.Columns;
            if (columns is null || columns.Except(table.Columns, StringComparer.Ordinal).Any()) tables.Add(await DigestAsync(connection, table, token));
            else tables.Add(await DigestSinceAsync(connection, table, columns, since?.SawWriterOf(Alias, present!), token));
        }

        if (await LargeObjectsAsync(connection, token) is { } large) tables.Add(large);
        return tables;
    }

    private static async Task<TableDigest?> LargeObjectsAsync(NpgsqlConnection connection, CancellationToken token)
    {
        var (count, readable) = await RowAsync(connection, LargeObjectsFacts, reader => (reader.GetInt64(0), reader.GetBoolean(1)), token);
        if (count == 0) return null;
        if (!readable) return new("pg_catalog", "large objects", count, "");
        return await RowAsync(connection, LargeObjectsQuery, reader => new TableDigest("pg_catalog", "large objects", reader.GetInt64(0), reader.GetString(1)), token);
    }

    private static async Task<T> RowAsync<T>(NpgsqlConnection connection, string query, Func<NpgsqlDataReader, T> row, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(query, connection);
        await using var reader = await command.ExecuteReaderAsync(token);
        await reader.ReadAsync(token);
        return row(reader);
    }

    private static async Task<List<TableColumns>> ListAsync(NpgsqlConnection connection, CancellationToken token)
    {
        var tables = new List<TableColumns>();
        await using var command = new NpgsqlCommand(TablesQuery, connection);
        await using var reader = await command.ExecuteReaderAsync(token);
        while (await reader.ReadAsync(token)) tables.Add(new(reader.GetString(0), reader.GetString(1), await reader.GetFieldValueAsync<string[]>(2, token)));
        return tables;
    }

    private static async Task<TableDigest> DigestAsync(NpgsqlConnection connection, TableColumns table, CancellationToken token)
    {
        var query = $"""
            SELECT count(*), coalesce(sum(hashtextextended({Alias}::text, 0)), 0)::text
            FROM ONLY {SqlText.Name(table.Schema)}.{SqlText.Name(table.Name)} AS {Alias}
            """;
        return await RowAsync(connection, query, reader => new TableDigest(table.Schema, table.Name, reader.GetInt64(0), reader.GetString(1)) { Columns = table.Columns }, token);
    }

    // A row of all columns, in their order, has the text of the whole row.
    private static async Task<TableDigest> DigestSinceAsync(NpgsqlConnection connection, TableColumns table, IReadOnlyList<string> columns, string? kept, CancellationToken token)
    {
        var row = $"ROW({string.Join(", ", columns.Select(column => $"{Alias}.{SqlText.Name(column)}"))})::text";
        var query = $"""
            SELECT count(*), coalesce(sum(hash), 0)::text, count(*) FILTER (WHERE kept), coalesce(sum(hash) FILTER (WHERE kept), 0)::text
            FROM (SELECT hashtextextended({row}, 0) AS hash, {kept ?? "false"} AS kept FROM ONLY {SqlText.Name(table.Schema)}.{SqlText.Name(table.Name)} AS {Alias} OFFSET 0) AS rows
            """;
        return await RowAsync(connection, query, reader => new TableDigest(table.Schema, table.Name, reader.GetInt64(0), reader.GetString(1))
        {
            Columns = table.Columns,
            Kept = kept is null ? null : new(reader.GetInt64(2), reader.GetString(3)),
        }, token);
    }

    private sealed record TableColumns(string Schema, string Name, string[] Columns);
}
