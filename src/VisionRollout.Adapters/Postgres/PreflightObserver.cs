using System.Text.Json;
using Npgsql;
using VisionRollout.Core.Databases.Migrations;

namespace VisionRollout.Adapters.Postgres;

/// <summary>Observes what migrations do to a scratch database: just before each version's row is committed, a deferred trigger notes the locks
/// that the transaction holds, the rows that it wrote and the schema that it leaves.</summary>
internal sealed class PreflightObserver : IAsyncDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly NpgsqlConnection connection;
    private readonly DatabaseAddress scratch;
    private long seen;

    private PreflightObserver(NpgsqlConnection connection, DatabaseAddress scratch)
    {
        this.connection = connection;
        this.scratch = scratch;
    }

    /// <summary>The schema before any migration.</summary>
    public required SchemaCatalogue Before { get; init; }

    /// <summary>Connects to a scratch database and prepares it.</summary>
    /// <param name="scratch">The scratch database.</param>
    /// <param name="table">The table of versions and its column.</param>
    /// <param name="token">Cancels.</param>
    public static async Task<PreflightObserver> OpenAsync(DatabaseAddress scratch, (string Schema, string Version) table, CancellationToken token)
    {
        var connection = await scratch.OpenAsync(token);
        try
        {
            await ExecuteAsync(connection, PreflightSql.Install, token);
            await ExecuteAsync(connection, $"""
                CREATE CONSTRAINT TRIGGER {PreflightSql.Schema} AFTER INSERT OR DELETE ON {SqlText.Name(table.Schema)}.schema_migrations DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION {PreflightSql.Schema}.note({SqlText.Literal(table.Version)})
                """, token);
            return new(connection, scratch) { Before = await ReadSchemaAsync(connection, token) };
        }
        catch (Exception exception)
        {
            await connection.DisposeAsync();
            if (exception is NpgsqlException or IOException) throw PostgresErrors.From(exception, scratch);
            throw;
        }
    }

    /// <summary>The commits since the last call.</summary>
    public Task<IReadOnlyList<MigrationCommit>> ReadCommitsAsync(CancellationToken token) => AtDatabaseAsync(async () =>
    {
        var commits = new List<MigrationCommit>();
        await using var command = new NpgsqlCommand(PreflightSql.Commits, connection);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = seen });
        await using var reader = await command.ExecuteReaderAsync(token);
        while (await reader.ReadAsync(token))
        {
            seen = reader.GetInt64(0);
            commits.Add(new()
            {
                Version = reader.GetString(1),
                Undone = reader.GetBoolean(2),
                Duration = TimeSpan.FromSeconds(reader.GetDouble(3)),
                LockTimeout = TimeSpan.FromMilliseconds(reader.GetDouble(4)),
                Locks = Parse<RelationLock[]>(reader.GetString(5)),
                Written = Parse<RowsWritten[]>(reader.GetString(6)),
                Schema = Parse<SchemaCatalogue>(reader.GetString(7)),
            });
        }

        return (IReadOnlyList<MigrationCommit>)commits;
    });

    /// <summary>The schema now.</summary>
    public Task<SchemaCatalogue> ReadSchemaAsync(CancellationToken token) => AtDatabaseAsync(() => ReadSchemaAsync(connection, token));

    /// <summary>Versions in schema_migrations now, newest first.</summary>
    public Task<IReadOnlyList<string>> ReadVersionsAsync(CancellationToken token) => AtDatabaseAsync(async () =>
        (IReadOnlyList<string>)[.. (await MigrationTable.ReadAsync(connection, scratch.Service, token)).Select(row => row.Version)]);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => connection.DisposeAsync();

    private static async Task<SchemaCatalogue> ReadSchemaAsync(NpgsqlConnection connection, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(PreflightSql.Catalogue, connection);
        return Parse<SchemaCatalogue>((string)(await command.ExecuteScalarAsync(token))!);
    }

    private static T Parse<T>(string json) => JsonSerializer.Deserialize<T>(json, Json)!;

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(token);
    }

    private async Task<T> AtDatabaseAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception exception) when (exception is NpgsqlException or IOException)
        {
            throw PostgresErrors.From(exception, scratch);
        }
    }
}
