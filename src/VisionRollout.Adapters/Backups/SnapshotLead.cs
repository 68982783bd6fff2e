using Npgsql;
using VisionRollout.Adapters.Postgres;
using VisionRollout.Core.Databases;

namespace VisionRollout.Adapters.Backups;

/// <summary>The connection that holds the snapshot which pg_dump and the ledger share, for as long as it is open.</summary>
internal sealed class SnapshotLead : IAsyncDisposable
{
    // relpages: pg_table_size would wait for whoever holds a table's lock. to_jsonb: the columns of the locale's provider have other names in other versions.
    private const string FactsQuery = """
        SELECT pg_export_snapshot(),
               (CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END)::text,
               pg_database_size(d.oid), current_setting('server_version'), current_setting('server_version_num')::int / 10000,
               pg_encoding_to_char(d.encoding), d.datcollate, d.datctype,
               coalesce(to_jsonb(d) ->> 'datlocprovider', 'c'), coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale'),
               (SELECT coalesce(sum(c.relpages), 0)::bigint * current_setting('block_size')::int FROM pg_class c
                WHERE c.relkind IN ('r', 't') AND c.relpersistence <> 't' AND c.relnamespace <> 'pg_catalog'::regnamespace)
        FROM pg_database d WHERE d.datname = current_database()
        """;

    private readonly NpgsqlConnection connection;

    private SnapshotLead(NpgsqlConnection connection) => this.connection = connection;

    public required string Snapshot { get; init; }

    public required string Lsn { get; init; }

    /// <summary>The snapshot's transactions, for ledgers that are compared with this one later.</summary>
    public required TransactionSnapshot Transactions { get; init; }

    public required long SourceBytes { get; init; }

    /// <summary>Expected size of the dump in bytes: that of the tables without their indexes, as last analysed; of the database where nothing was.</summary>
    public required long DumpEstimate { get; init; }

    public required IReadOnlyList<string> Roles { get; init; }

    public required string Server { get; init; }

    public required int ServerMajor { get; init; }

    public required DatabaseLocale Locale { get; init; }

    public required IReadOnlyList<BackupSequence> Sequences { get; init; }

    public required IReadOnlyList<BackupExtension> Extensions { get; init; }

    public required IReadOnlyList<string> NotInForce { get; init; }

    public required IReadOnlyList<string> SchemaVersions { get; init; }

    /// <summary>Opens the connection, takes the snapshot and reads what the manifest says about the database.</summary>
    public static async Task<SnapshotLead> OpenAsync(DatabaseAddress address, CancellationToken token)
    {
        var connection = await address.OpenAsync(token);
        try
        {
            await ReadingSession.BeginAsync(connection, token);
            await ServerSession.RequireAsync(connection, address, token);
            return await ReadAsync(connection, address, token);
        }
        catch (Exception exception)
        {
            await connection.DisposeAsync();
            if (exception is NpgsqlException or IOException) throw PostgresErrors.From(exception, address);
            throw;
        }
    }

    /// <summary>Counts and digests the tables on the snapshot.</summary>
    public Task<IReadOnlyList<TableDigest>> ReadLedgerAsync(CancellationToken token) => LedgerReader.ReadAsync(connection, Form, token);

    /// <summary>How that digests rows.</summary>
    public DigestForm Form => LedgerReader.FormOf(connection);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => connection.DisposeAsync();

    private static async Task<SnapshotLead> ReadAsync(NpgsqlConnection connection, DatabaseAddress address, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(FactsQuery, connection);
        await using var reader = await command.ExecuteReaderAsync(token);
        await reader.ReadAsync(token);
        var provider = reader.GetString(8) switch { "i" => "icu", "b" => "builtin", _ => "libc" };
        var (snapshot, lsn, size, server, major) = (reader.GetString(0), reader.GetString(1), reader.GetInt64(2), reader.GetString(3), reader.GetInt32(4));
        var locale = new DatabaseLocale(reader.GetString(5), reader.GetString(6), reader.GetString(7), provider,
            await reader.IsDBNullAsync(9, token) ? null : reader.GetString(9));
        var estimate = reader.GetInt64(10);
        await reader.CloseAsync();
        return new(connection)
        {
            Snapshot = snapshot,
            Lsn = lsn,
            Transactions = await TransactionSnapshot.ReadAsync(connection, token),
            SourceBytes = size,
            DumpEstimate = estimate > 0 ? estimate : size,
            Roles = await DatabaseCatalogue.ReadRolesAsync(connection, token),
            Server = server,
            ServerMajor = major,
            Locale = locale,
            Sequences = await DatabaseCatalogue.ReadSequencesAsync(connection, token),
            Extensions = await DatabaseCatalogue.ReadExtensionsAsync(connection, token),
            NotInForce = await DatabaseCatalogue.ReadInvalidAsync(connection, token),
            SchemaVersions = [.. (await MigrationTable.ReadAsync(connection, address.Service, token)).Select(row => row.Version)],
        };
    }
}
