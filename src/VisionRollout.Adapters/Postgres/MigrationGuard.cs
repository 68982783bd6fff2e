using Npgsql;
using VisionRollout.Core.Databases.Migrations;
using VisionRollout.Core.Errors;

namespace VisionRollout.Adapters.Postgres;

/// <summary>Keeps the service's own database as it is while commands run that are meant for another one: it holds a SHARE lock on the table of
/// versions, which every migration must write to. Whoever comes to wait for it is ended before it has committed anything. Readers are not held up.</summary>
internal sealed class MigrationGuard : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private const string WaitingQuery = """
        SELECT a.pid, coalesce(a.application_name, ''), pg_terminate_backend(a.pid) FROM pg_stat_activity a
        WHERE a.datname = current_database() AND a.backend_type = 'client backend' AND a.wait_event_type = 'Lock' AND pg_backend_pid() = ANY (pg_blocking_pids(a.pid))
        """;

    private readonly NpgsqlConnection connection;
    private readonly DatabaseAddress address;

    private MigrationGuard(NpgsqlConnection connection, DatabaseAddress address)
    {
        this.connection = connection;
        this.address = address;
    }

    /// <summary>Versions that are applied, newest first.</summary>
    public required IReadOnlyList<string> Versions { get; init; }

    /// <summary>The table of versions and its column.</summary>
    public required (string Schema, string Version) Table { get; init; }

    /// <summary>What stands in a migration's way.</summary>
    public required DatabaseFacts Facts { get; init; }

    /// <summary>Settings of the database, <c>name=value</c>.</summary>
    public required IReadOnlyList<string> Settings { get; init; }

    /// <summary>Owner of the database.</summary>
    public required string Owner { get; init; }

    /// <summary>Connects and reads.</summary>
    /// <exception cref="RolloutException"><c>PreflightNotGuarded</c>, or the database fails.</exception>
    public static async Task<MigrationGuard> OpenAsync(DatabaseAddress address, TimeSpan longTransaction, CancellationToken token)
    {
        var connection = await address.OpenAsync(token);
        try
        {
            return await ReadAsync(connection, address, longTransaction, token);
        }
        catch (Exception exception)
        {
            await connection.DisposeAsync();
            if (exception is NpgsqlException or IOException) throw PostgresErrors.From(exception, address);
            throw;
        }
    }

    /// <summary>Takes the lock; it goes with the connection.</summary>
    /// <exception cref="RolloutException"><c>PreflightBusy</c>, or the database fails.</exception>
    public async Task LockAsync(CancellationToken token)
    {
        try
        {
            await ExecuteAsync(connection, $"""
                BEGIN; SET LOCAL lock_timeout = '5s'; SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL statement_timeout = 0;
                LOCK TABLE {SqlText.Name(Table.Schema)}.schema_migrations IN SHARE MODE
                """, token);
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            throw new RolloutException("PreflightBusy", RolloutErrorKind.Conflict,
                $"Somebody writes to schema_migrations of the {address}: a migration seems to be under way.", "Run the preflight when it has ended.", address.Service, exception);
        }
        catch (Exception exception) when (exception is NpgsqlException or IOException)
        {
            throw PostgresErrors.From(exception, address);
        }
    }

    /// <summary>Does some work under the lock; when anybody comes to wait for the lock, both are ended.</summary>
    /// <exception cref="RolloutException"><c>PreflightNotRedirected</c>.</exception>
    public async Task<T> WhileAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken token)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(token);
        var working = work(both.Token);
        string? intruder = null;
        try
        {
            while (intruder is null && !working.IsCompleted && !token.IsCancellationRequested)
            {
                await Task.WhenAny(working, Task.Delay(Interval, token));
                intruder = await LookAsync();
            }
        }
        finally
        {
            if (!working.IsCompleted) await both.CancelAsync();
            await ((Task)working).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (intruder is null) return await working;
        throw new RolloutException("PreflightNotRedirected", RolloutErrorKind.Conflict,
            $"During the preflight of service '{address.Service}' {intruder} went for the versions of the {address}; its connection was ended before it could commit.",
            "Check Scratch in the plan's Database: the words that lead a command to {Database}. If it was somebody else's migration, run the preflight again when that has ended.", address.Service);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => connection.DisposeAsync();

    private static async Task<MigrationGuard> ReadAsync(NpgsqlConnection connection, DatabaseAddress address, TimeSpan longTransaction, CancellationToken token)
    {
        var table = await MigrationTable.FindTableAsync(connection, token) ?? throw new RolloutException("PreflightNotGuarded", RolloutErrorKind.InvalidState,
            $"The {address} has no table schema_migrations: nothing would keep a misled migration from changing it.", "Migrate it once by hand, so that the table is there.", address.Service);
        var versions = await MigrationTable.ReadAsync(connection, address.Service, token);
        var facts = await RowAsync(connection, PreflightSql.Facts, reader => new DatabaseFacts(List(reader, 0), List(reader, 1), List(reader, 2), List(reader, 3)), token, longTransaction);
        var (settings, owner) = await RowAsync(connection, PreflightSql.Settings, reader => (List(reader, 0), reader.GetString(1)), token);
        return new(connection, address) { Versions = [.. versions.Select(row => row.Version)], Table = table, Facts = facts, Settings = settings, Owner = owner };
    }

    // The name of whoever came; null when nobody did. Never cancelled: that would end the transaction and with it the lock.
    private async Task<string?> LookAsync()
    {
        try
        {
            await using var command = new NpgsqlCommand(WaitingQuery, connection);
            await using var reader = await command.ExecuteReaderAsync(CancellationToken.None);
            string? found = null;
            while (await reader.ReadAsync(CancellationToken.None)) found = $"'{reader.GetString(1)}' (pid {reader.GetInt32(0)})";
            return found;
        }
        catch (Exception exception) when (exception is NpgsqlException or IOException)
        {
            throw PostgresErrors.From(exception, address);
        }
    }

    private static string[] List(NpgsqlDataReader reader, int at) => reader.GetFieldValue<string[]>(at);

    private static async Task<T> RowAsync<T>(NpgsqlConnection connection, string query, Func<NpgsqlDataReader, T> row, CancellationToken token, TimeSpan? parameter = null)
    {
        await using var command = new NpgsqlCommand(query, connection);
        if (parameter is { } value) command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = value });
        await using var reader = await command.ExecuteReaderAsync(token);
        await reader.ReadAsync(token);
        return row(reader);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(token);
    }
}
