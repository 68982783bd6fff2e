using Npgsql;
using VisionRollout.Core.Databases;

namespace VisionRollout.Adapters.Postgres;

/// <summary>Reads what a database consists of besides its tables' rows.</summary>
internal static class DatabaseCatalogue
{
    private const string SequencesQuery = """
        SELECT s.schemaname, s.sequencename, s.last_value, s.increment_by, s.cycle
        FROM pg_sequences s WHERE s.schemaname !~ '^pg_temp' ORDER BY s.schemaname COLLATE "C", s.sequencename COLLATE "C"
        """;

    private const string ExtensionsQuery = """SELECT extname, extversion FROM pg_extension ORDER BY extname COLLATE "C" """;

    // Objects that exist but are not in force.
    private const string InvalidQuery = """
        SELECT format('index %s', i.indexrelid::regclass) FROM pg_index i WHERE NOT i.indisvalid
        UNION ALL
        SELECT format('constraint %s on %s', c.conname, c.conrelid::regclass) FROM pg_constraint c WHERE NOT c.convalidated
        """;

    private const string RolesQuery = """
        SELECT DISTINCT r.rolname FROM pg_shdepend d JOIN pg_roles r ON r.oid = d.refobjid
        WHERE d.refclassid = 'pg_authid'::regclass AND d.dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND r.rolname !~ '^pg_'
        UNION
        SELECT r.rolname FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_' AND r.rolname !~ '^pg_'
        ORDER BY 1
        """;

    /// <summary>The sequences.</summary>
    public static Task<IReadOnlyList<BackupSequence>> ReadSequencesAsync(NpgsqlConnection connection, CancellationToken token) =>
        ReadAsync(connection, SequencesQuery, reader => new BackupSequence(reader.GetString(0), reader.GetString(1),
            reader.IsDBNull(2) ? null : reader.GetInt64(2), reader.GetInt64(3), reader.GetBoolean(4)), token);

    /// <summary>The extensions.</summary>
    public static Task<IReadOnlyList<BackupExtension>> ReadExtensionsAsync(NpgsqlConnection connection, CancellationToken token) =>
        ReadAsync(connection, ExtensionsQuery, reader => new BackupExtension(reader.GetString(0), reader.GetString(1)), token);

    /// <summary>Indexes and constraints that are not valid.</summary>
    public static Task<IReadOnlyList<string>> ReadInvalidAsync(NpgsqlConnection connection, CancellationToken token) =>
        ReadAsync(connection, InvalidQuery, reader => reader.GetString(0), token);

    /// <summary>Roles that own something in this database or hold privileges on it; not PostgreSQL's own.</summary>
    public static Task<IReadOnlyList<string>> ReadRolesAsync(NpgsqlConnection connection, CancellationToken token) =>
        ReadAsync(connection, RolesQuery, reader => reader.GetString(0), token);

    private static async Task<IReadOnlyList<T>> ReadAsync<T>(NpgsqlConnection connection, string query, Func<NpgsqlDataReader, T> row, CancellationToken token)
    {
        var rows = new List<T>();
        await using var command = new NpgsqlCommand(query, connection);
        await using var reader = await command.ExecuteReaderAsync(token);
        while (await reader.ReadAsync(token)) rows.Add(row(reader));
        return rows;
    }
}
