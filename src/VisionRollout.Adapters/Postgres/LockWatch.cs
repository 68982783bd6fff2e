using System.Globalization;
using Npgsql;
using VisionRollout.Core.Databases;

namespace VisionRollout.Adapters.Postgres;

/// <summary>Watches a running migration from a connection of its own. A migration that waits for a lock makes everything behind it wait too:
/// past its limit it is cancelled, and whoever holds the lock is named and left alone.</summary>
internal sealed class LockWatch : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan CancelGrace = TimeSpan.FromSeconds(5);

    // Ours: what calls itself a migration, or began after the watch and changes the schema. Somebody else's work is never touched.
    private const string Ours = """
        a.datname = current_database() AND a.pid <> pg_backend_pid() AND a.backend_type = 'client backend'
          AND (a.application_name ~* 'migrat'
               OR (a.backend_start >= $1 AND a.query ~* '^\s*(alter|create|drop|truncate|lock|reindex|cluster|refresh|comment)\M'))
        """;

    private const string WaitingQuery = $"""
        SELECT a.pid, b.pid, coalesce(b.application_name, ''), coalesce(b.usename, ''), coalesce(b.state, 'unknown'),
               extract(epoch FROM clock_timestamp() - coalesce(b.xact_start, b.backend_start))::float8
        FROM pg_stat_activity a
        CROSS JOIN LATERAL unnest(pg_blocking_pids(a.pid)) AS blocking(pid)
        JOIN pg_stat_activity b ON b.pid = blocking.pid
        WHERE a.wait_event_type = 'Lock' AND {Ours}
        ORDER BY a.pid, b.xact_start
        """;

    private readonly NpgsqlConnection connection;
    private readonly DatabaseAddress address;
    private readonly MigrationRequest request;
    private readonly DateTime startedAt;
    private readonly TimeProvider time = TimeProvider.System;
    private readonly Dictionary<int, LockWait> waits = [];

    private LockWatch(NpgsqlConnection connection, DatabaseAddress address, MigrationRequest request, DateTime startedAt)
    {
        this.connection = connection;
        this.address = address;
        this.request = request;
        this.startedAt = startedAt;
    }

    /// <summary>Who held the lock for which the migration was cancelled; null when it was not cancelled.</summary>
    public string? Blocker { get; private set; }

    /// <summary>Connects; from then on new connections that change the schema belong to the migration.</summary>
    public static async Task<LockWatch> OpenAsync(DatabaseAddress address, MigrationRequest request, CancellationToken token)
    {
        var connection = await address.OpenAsync(token);
        try
        {
            await using var command = new NpgsqlCommand("SELECT clock_timestamp()", connection);
            return new(connection, address, request, (DateTime)(await command.ExecuteScalarAsync(token))!);
        }
        catch (Exception exception)
        {
            await connection.DisposeAsync();
            if (exception is NpgsqlException or IOException) throw PostgresErrors.From(exception, address);
            throw;
        }
    }

    /// <summary>Watches until cancelled. A watch that breaks is told; the migration goes on under its own lock timeout.</summary>
    public async Task WatchAsync(CancellationToken token)
    {
        using var timer = new PeriodicTimer(Interval);
        try
        {
            do
            {
                await LookAsync(token);
            }
            while (await timer.WaitForNextTickAsync(token));
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            // The migration has ended.
        }
        catch (Exception exception) when (exception is NpgsqlException or IOException)
        {
            request.OnLine($"The lock watch ended early: {PostgresErrors.From(exception, address).Message}");
        }
    }

    /// <summary>Cancels what the migration still runs; for a migration that is given up.</summary>
    public async Task StopMigrationAsync(CancellationToken token)
    {
        try
        {
            await using var command = new NpgsqlCommand($"SELECT pg_terminate_backend(a.pid) FROM pg_stat_activity a WHERE {Ours} AND a.usename = current_user", connection);
            command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = startedAt });
            await command.ExecuteNonQueryAsync(token);
        }
        catch (Exception exception) when (exception is NpgsqlException or IOException or OperationCanceledException)
        {
            request.OnLine($"The migration of '{request.Service.Name}' could not be stopped in the database: {address.Redact(exception.Message)}");
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => connection.DisposeAsync();

    private async Task LookAsync(CancellationToken token)
    {
        var seen = await ReadAsync(token);
        foreach (var pid in waits.Keys.Except(seen.Keys).ToList()) waits.Remove(pid);
        foreach (var (pid, blocker) in seen)
        {
            if (!waits.TryGetValue(pid, out var wait)) waits[pid] = wait = new(time.GetTimestamp());
            await ActAsync(pid, wait, blocker, token);
        }
    }

    private async Task ActAsync(int pid, LockWait wait, string blocker, CancellationToken token)
    {
        var waited = time.GetElapsedTime(wait.Since);
        if (wait.CancelledAt is null && waited >= request.LockWait)
        {
            wait.CancelledAt = time.GetTimestamp();
            Blocker = blocker;
            request.OnLine(string.Create(CultureInfo.InvariantCulture, $"The migration has waited {waited.TotalSeconds:0.0} s for a lock of {blocker}; it is cancelled, so that what queues behind it runs again."));
            await SignalAsync("pg_cancel_backend", pid, token);
        }
        else if (wait is { CancelledAt: { } at, Terminated: false } && time.GetElapsedTime(at) >= CancelGrace)
        {
            wait.Terminated = true;
            request.OnLine("The migration still waits after it was cancelled; its connection is terminated.");
            await SignalAsync("pg_terminate_backend", pid, token);
        }
    }

    private async Task<Dictionary<int, string>> ReadAsync(CancellationToken token)
    {
        var seen = new Dictionary<int, string>();
        await using var command = new NpgsqlCommand(WaitingQuery, connection);
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = startedAt });
        await using var reader = await command.ExecuteReaderAsync(token);
        while (await reader.ReadAsync(token))
        {
            // The text of the blocker's query is left out: it may hold somebody's data.
            var application = reader.GetString(2) is { Length: > 0 } name ? $"'{name}'" : "an unnamed application";
            seen.TryAdd(reader.GetInt32(0), string.Create(CultureInfo.InvariantCulture,
                $"{application} (pid {reader.GetInt32(1)}, user {reader.GetString(3)}, {reader.GetString(4)}, transaction open for {reader.GetDouble(5):0} s)"));
        }

        return seen;
    }

    private async Task SignalAsync(string function, int pid, CancellationToken token)
    {
        await using var command = new NpgsqlCommand($"SELECT {function}($1)", connection);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = pid });
        await command.ExecuteNonQueryAsync(token);
    }
}
