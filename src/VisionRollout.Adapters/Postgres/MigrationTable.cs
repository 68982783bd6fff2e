using Npgsql;
using VisionRollout.Core.Databases;

namespace VisionRollout.Adapters.Postgres;

/// <summary>Reads <c>schema_migrations</c> as Ecto, Rails, golang-migrate and others write it: whichever columns exist.</summary>
internal static class MigrationTable
{
    private const string FindQuery = """
        SELECT n.nspname,
               (SELECT a.attname FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                  AND a.attname IN ('version', 'schema_version') ORDER BY a.attname = 'version' DESC LIMIT 1),
               (SELECT a.attname FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                  AND a.attname IN ('inserted_at', 'migrated_at', 'applied_at', 'created_at') AND a.atttypid IN ('timestamp'::regtype, 'timestamptz'::regtype)
                ORDER BY array_position(ARRAY['inserted_at', 'migrated_at', 'applied_at', 'created_at']::name[], a.attname) LIMIT 1)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relname = 'schema_migrations' AND c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_'
        ORDER BY n.nspname = 'public' DESC, n.nspname LIMIT 1
        """;

    /// <summary>Reads all rows, newest version first; empty when there is no such table.</summary>
    public static async Task<IReadOnlyList<AppliedMigration>> ReadAsync(NpgsqlConnection connection, string service, CancellationToken token)
    {
        if (await FindAsync(connection, token) is not var (schema, version, at)) return [];
        var time = at is null ? "NULL::timestamptz" : $"{SqlText.Name(at)}::timestamptz";

        // A timestamp without zone is UTC by the convention of the migration tools.
        await using var command = new NpgsqlCommand(
            $"SET timezone = 'UTC'; SELECT {SqlText.Name(version)}::text, {time} FROM {SqlText.Name(schema)}.schema_migrations WHERE {SqlText.Name(version)} IS NOT NULL", connection);
        await using var reader = await command.ExecuteReaderAsync(token);
        var rows = new List<AppliedMigration>();
        while (await reader.ReadAsync(token))
            rows.Add(new(service, reader.GetString(0), await reader.IsDBNullAsync(1, token) ? null : new DateTimeOffset(reader.GetDateTime(1), TimeSpan.Zero)));
        return [.. rows.OrderByDescending(row => row.Version, AppliedMigration.VersionOrder)];
    }

    /// <summary>Finds the table's schema and its column of versions; null when there is no such table.</summary>
    public static async Task<(string Schema, string Version)?> FindTableAsync(NpgsqlConnection connection, CancellationToken token) =>
        await FindAsync(connection, token) is var (schema, version, _) ? (schema, version) : null;

    private static async Task<(string Schema, string Version, string? At)?> FindAsync(NpgsqlConnection connection, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(FindQuery, connection);
        await using var reader = await command.ExecuteReaderAsync(token);
        if (!await reader.ReadAsync(token) || await reader.IsDBNullAsync(1, token)) return null;
        return (reader.GetString(0), reader.GetString(1), await reader.IsDBNullAsync(2, token) ? null : reader.GetString(2));
    }
}
