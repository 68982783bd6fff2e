using Npgsql;
using VisionRollout.Core.Databases;

namespace VisionRollout.Adapters.Postgres;

/// <summary>Counts and digests the tables of a database in the transaction that its caller began.</summary>
internal static class LedgerReader
{
    // Tables with contents of their own: no partition parents, nothing that belongs to an extension (a dump leaves it out).
    private const string TablesQuery = """
        SELECT n.nspname, c.relname
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
    public static async Task<IReadOnlyList<TableDigest>> ReadAsync(NpgsqlConnection connection, CancellationToken token)
    {
        var tables = new List<TableDigest>();
        foreach (var (schema, table) in await ListAsync(connection, token)) tables.Add(await DigestAsync(connection, schema, table, token));
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

    private static async Task<List<(string Schema, string Table)>> ListAsync(NpgsqlConnection connection, CancellationToken token)
    {
        var tables = new List<(string, string)>();
        await using var command = new NpgsqlCommand(TablesQuery, connection);
        await using var reader = await command.ExecuteReaderAsync(token);
        while (await reader.ReadAsync(token)) tables.Add((reader.GetString(0), reader.GetString(1)));
        return tables;
    }

    private static async Task<TableDigest> DigestAsync(NpgsqlConnection connection, string schema, string table, CancellationToken token)
    {
        // The alias must not be the name of a column, or the cast would take the column instead of the row.
        var query = $"""
            SELECT count(*), coalesce(sum(hashtextextended("visionrollout row"::text, 0)), 0)::text
            FROM ONLY {SqlText.Name(schema)}.{SqlText.Name(table)} AS "visionrollout row"
            """;
        return await RowAsync(connection, query, reader => new TableDigest(schema, table, reader.GetInt64(0), reader.GetString(1)), token);
    }
}
