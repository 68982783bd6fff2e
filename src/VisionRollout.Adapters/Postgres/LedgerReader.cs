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

    /// <summary>Reads all tables.</summary>
    public static async Task<IReadOnlyList<TableDigest>> ReadAsync(NpgsqlConnection connection, CancellationToken token)
    {
        var tables = new List<TableDigest>();
        foreach (var (schema, table) in await ListAsync(connection, token)) tables.Add(await DigestAsync(connection, schema, table, token));
        return tables;
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
            SELECT count(*), coalesce(sum(hashtextextended("visionrollout row"::text, 0)::numeric), 0)::text
            FROM ONLY {SqlText.Name(schema)}.{SqlText.Name(table)} AS "visionrollout row"
            """;
        await using var command = new NpgsqlCommand(query, connection);
        await using var reader = await command.ExecuteReaderAsync(token);
        await reader.ReadAsync(token);
        return new(schema, table, reader.GetInt64(0), reader.GetString(1));
    }
}
