using Npgsql;
using VisionRollout.Core.Databases;

namespace VisionRollout.Adapters.Postgres;

/// <summary>Counts and digests the tables of a database in the transaction that its caller began.</summary>
internal static class LedgerReader
{
    // The alias must not be the name of a column, or the cast would take the column instead of the row.
    private const string Alias = "\"visionrollout row\"";

    private const int RecordHashSince = 14;

    // Tables with contents of their own: no partition parents, nothing that belongs to an extension (a dump leaves it out).
    private const string TablesQuery = """
        SELECT n.nspname, c.relname, ARRAY(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum),
               ARRAY(SELECT format_type(a.atttypid, NULL) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum)
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

    /// <summary>The form for a ledger that nothing is compared with yet.</summary>
    public static DigestForm FormOf(NpgsqlConnection connection) => connection.PostgreSqlVersion.Major >= RecordHashSince ? DigestForm.Record : DigestForm.Text;

    /// <summary>Reads all tables, and all large objects as if they were one.</summary>
    /// <param name="connection">In a transaction that reads only.</param>
    /// <param name="form">How rows are digested.</param>
    /// <param name="token">Cancels.</param>
    public static Task<IReadOnlyList<TableDigest>> ReadAsync(NpgsqlConnection connection, DigestForm form, CancellationToken token) =>
        ReadAsync(connection, form, static (_, _) => null, token);

    /// <summary>Reads all tables to compare them with an earlier ledger, in its form: the digests are taken over its columns, and the rows that nobody
    /// has written since apart.</summary>
    /// <param name="connection">In a transaction that reads only.</param>
    /// <param name="earlier">The earlier ledger.</param>
    /// <param name="present">The snapshot of the transaction under way.</param>
    /// <param name="token">Cancels.</param>
    public static Task<IReadOnlyList<TableDigest>> ReadSinceAsync(NpgsqlConnection connection, DatabaseLedger earlier, TransactionSnapshot present, CancellationToken token)
    {
        var known = earlier.Tables.ToDictionary(table => table.Name, StringComparer.Ordinal);
        var kept = TransactionSnapshot.TryParse(earlier.Transactions)?.SawWriterOf(Alias, present);
        return ReadAsync(connection, earlier.Form, (table, cancel) => known.GetValueOrDefault(table.Name) is { Columns: not null } before
            && !before.Columns.Except(table.Columns.Select(column => column.Name), StringComparer.Ordinal).Any() ? DigestSinceAsync(connection, table, before, earlier.Form, kept, cancel) : null, token);
    }

    private static async Task<IReadOnlyList<TableDigest>> ReadAsync(
        NpgsqlConnection connection, DigestForm form, Func<LedgerTable, CancellationToken, Task<TableDigest>?> digestSince, CancellationToken token)
    {
        var tables = new List<TableDigest>();
        foreach (var table in await ListAsync(connection, token)) tables.Add(await (digestSince(table, token) ?? DigestAsync(connection, table, form, token)));
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

    private static async Task<List<LedgerTable>> ListAsync(NpgsqlConnection connection, CancellationToken token)
    {
        var tables = new List<LedgerTable>();
        await using var command = new NpgsqlCommand(TablesQuery, connection);
        await using var reader = await command.ExecuteReaderAsync(token);
        while (await reader.ReadAsync(token))
        {
            var (names, types) = (await reader.GetFieldValueAsync<string[]>(2, token), await reader.GetFieldValueAsync<string[]>(3, token));
            tables.Add(new(reader.GetString(0), reader.GetString(1), [.. names.Zip(types, static (name, type) => new LedgerColumn(name, type))]));
        }

        return tables;
    }

    private static async Task<TableDigest> DigestAsync(NpgsqlConnection connection, LedgerTable table, DigestForm form, CancellationToken token)
    {
        var hash = RowHash.Of(Alias, table.Columns, form);
        var query = $"SELECT count(*), coalesce(sum({hash}), 0)::text FROM ONLY {SqlText.Name(table.Schema)}.{SqlText.Name(table.Table)} AS {Alias}";
        return await RowAsync(connection, query, reader => table.Digest(reader.GetInt64(0), reader.GetString(1)), token);
    }

    // A column that has another type now may be hashed in another way, and then no row tells whether it was kept.
    private static async Task<TableDigest> DigestSinceAsync(NpgsqlConnection connection, LedgerTable table, TableDigest before, DigestForm form, string? kept, CancellationToken token)
    {
        var columns = before.Columns!.Select(name => table.Columns.First(column => column.Name == name)).ToList();
        var hash = RowHash.Of(Alias, columns, form);
        if (before.Types is { } types && RowHash.Of(Alias, [.. before.Columns!.Zip(types, static (name, type) => new LedgerColumn(name, type))], form) != hash) kept = null;
        var query = $"""
            SELECT count(*), coalesce(sum(hash), 0)::text, count(*) FILTER (WHERE kept), coalesce(sum(hash) FILTER (WHERE kept), 0)::text
            FROM (SELECT {hash} AS hash, {kept ?? "false"} AS kept FROM ONLY {SqlText.Name(table.Schema)}.{SqlText.Name(table.Table)} AS {Alias} OFFSET 0) AS rows
            """;
        return await RowAsync(connection, query,
            reader => table.Digest(reader.GetInt64(0), reader.GetString(1)) with { Kept = kept is null ? null : new(reader.GetInt64(2), reader.GetString(3)) }, token);
    }
}
