using System.Globalization;
using Npgsql;
using VisionRollout.Core.Databases;

namespace VisionRollout.Adapters.Postgres;

/// <summary>Watches a running migration from a connection of its own. A migration that waits for a lock makes everything behind it wait too:
/// past its limit it is cancelled. So is one behind which others wait too long, or too many of them. Who held up whom is told; nobody else's work
/// is ever touched.</summary>
internal sealed class LockWatch : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan CancelGrace = TimeSpan.FromSeconds(5);

    // Who holds the lock of a migration tool on its table: not the service, which only reads it. Ecto holds it on a connection of its own for the whole run.
    private const string Lockers = """
        lockers AS MATERIALIZED (
          SELECT k.pid, k.usename, k.client_addr, k.backend_start
          FROM pg_locks l JOIN pg_class c ON c.oid = l.relation JOIN pg_stat_activity k ON k.pid = l.pid
          WHERE l.granted AND l.mode IN ('ShareUpdateExclusiveLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock', 'RowExclusiveLock')
            AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND c.relname = 'schema_migrations'
            AND k.pid <> pg_backend_pid() AND coalesce(k.backend_type, 'client backend') = 'client backend')
        """;

    // Ours: what began after the watch and calls itself a migration or changes the schema; and the connections of the process that holds the tool's lock:
    // same user and address, opened within the same second, and at work.
    private const string Ours = """
        a.datname = current_database() AND a.pid <> pg_backend_pid() AND a.backend_type = 'client backend'
          AND ((a.backend_start >= $1 AND (a.application_name ~* '(^|[^a-z])migrat'
                                           OR a.query ~* '^\s*(alter|create|drop|truncate|lock|reindex|cluster|refresh|comment)\M'))
               OR EXISTS (SELECT FROM lockers k WHERE k.usename = a.usename AND k.client_addr IS NOT DISTINCT FROM a.client_addr
                            AND abs(extract(epoch FROM k.backend_start - a.backend_start)) <= 1 AND a.state <> 'idle'))
        """;

    // Whom this login may end: its own role, those that it is a member of, and everybody for a superuser. A process without a role is nobody's.
    private const string OursToEnd = $"WITH {Lockers} SELECT a.pid FROM pg_stat_activity a WHERE {Ours} AND pg_has_role(a.usesysid, 'MEMBER')";

    // Times of a session that this login may not see are null. Only who waits for a lock is asked for its blockers: pg_blocking_pids holds up the lock manager for a moment.
    private const string WaitingQuery = $"""
        WITH {Lockers}, a AS (SELECT a.*, coalesce({Ours}, false) AS ours FROM pg_stat_activity a WHERE a.datname = current_database())
        SELECT w.pid, w.ours, coalesce(w.application_name, ''), coalesce(w.usename, ''), coalesce(w.state, 'unknown'), coalesce(extract(epoch FROM clock_timestamp() - coalesce(w.xact_start, w.backend_start)), 0)::float8,
               b.pid, b.ours, coalesce(b.application_name, ''), coalesce(b.usename, ''), coalesce(b.state, 'unknown'), coalesce(extract(epoch FROM clock_timestamp() - coalesce(b.xact_start, b.backend_start)), 0)::float8
        FROM a w CROSS JOIN LATERAL unnest(pg_blocking_pids(w.pid)) AS blocking(pid) JOIN a b ON b.pid = blocking.pid
        WHERE w.wait_event_type = 'Lock'
        ORDER BY w.pid, b.xact_start
        """;

    // A statement that changes a table keeps its lock until its transaction ends, also while the next one fills rows; those of a service and of VACUUM are weaker.
    private const string RunningQuery = $"""
        WITH {Lockers}
        SELECT coalesce(a.application_name, ''), coalesce(a.usename, ''), coalesce(a.state, 'unknown'), coalesce(extract(epoch FROM clock_timestamp() - coalesce(a.xact_start, a.backend_start)), 0)::float8, a.pid
        FROM pg_stat_activity a
        WHERE a.datname = current_database() AND a.pid <> pg_backend_pid() AND coalesce(a.backend_type, 'client backend') = 'client backend'
          AND (EXISTS (SELECT FROM lockers k WHERE k.pid = a.pid)
               OR (a.state = 'active' AND a.query ~* '^\s*(alter|create|reindex)\M')
               OR EXISTS (SELECT FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
                          WHERE l.pid = a.pid AND l.granted AND l.mode IN ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
                            AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND c.relkind IN ('r', 'p') AND c.relpersistence <> 't'))
        ORDER BY a.backend_start
        LIMIT 1
        """;

    private readonly NpgsqlConnection connection;
    private readonly DatabaseAddress address;
    private readonly MigrationRequest request;
    private readonly DateTime startedAt;
    private readonly TimeProvider time = TimeProvider.System;
    private readonly Dictionary<int, long> waitingSince = [];
    private readonly Dictionary<int, LockWait> cancelled = [];

    private LockWatch(NpgsqlConnection connection, DatabaseAddress address, MigrationRequest request, DateTime startedAt)
    {
        this.connection = connection;
        this.address = address;
        this.request = request;
        this.startedAt = startedAt;
    }

    /// <summary>Why the migration was cancelled, with names; null when it was not.</summary>
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

    /// <summary>Ends what the migration still runs, and waits until it is gone; for a migration that is given up. Only what runs under a role of this
    /// login, or under any for a superuser, is ended.</summary>
    public async Task StopMigrationAsync(CancellationToken token)
    {
        try
        {
            foreach (var pid in await ReadOursAsync(token)) await SignalAsync("pg_terminate_backend($1, 5000)", pid, token);
        }
        catch (Exception exception) when (exception is NpgsqlException or IOException or OperationCanceledException)
        {
            request.OnLine($"The migration of '{request.Service.Name}' could not be stopped in the database: {address.Redact(exception.Message)}");
        }
    }

    /// <summary>Who still holds a migration tool's lock, has written a version that is not committed yet, or is changing the schema; null when nobody is,
    /// or no longer after <see cref="CancelGrace"/>.</summary>
    public async Task<string?> FindRunningAsync(CancellationToken token)
    {
        for (var since = time.GetTimestamp(); ; await Task.Delay(Interval, token))
        {
            if (await ReadRunningAsync(token) is not { } running) return null;
            if (time.GetElapsedTime(since) >= CancelGrace) return running;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => connection.DisposeAsync();

    private async Task<List<int>> ReadOursAsync(CancellationToken token)
    {
        var pids = new List<int>();
        await using var command = new NpgsqlCommand(OursToEnd, connection);
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = startedAt });
        await using var reader = await command.ExecuteReaderAsync(token);
        while (await reader.ReadAsync(token)) pids.Add(reader.GetInt32(0));
        return pids;
    }

    private async Task<string?> ReadRunningAsync(CancellationToken token)
    {
        try
        {
            await using var command = new NpgsqlCommand(RunningQuery, connection);
            await using var reader = await command.ExecuteReaderAsync(token);
            return await reader.ReadAsync(token) ? Describe(reader, 0, reader.GetInt32(4)) : null;
        }
        catch (Exception exception) when (exception is NpgsqlException or IOException)
        {
            throw PostgresErrors.From(exception, address);
        }
    }

    private async Task LookAsync(CancellationToken token)
    {
        var rows = await ReadAsync(token);
        foreach (var pid in waitingSince.Keys.Except(rows.Select(row => row.Pid)).ToList()) waitingSince.Remove(pid);
        foreach (var row in rows) waitingSince.TryAdd(row.Pid, time.GetTimestamp());
        foreach (var row in rows.Where(row => row.IsOurs && !row.BlockerIsOurs && Waited(row) >= request.LockWait))
            await CancelAsync(row.Pid, string.Create(CultureInfo.InvariantCulture, $"it waited {Waited(row).TotalSeconds:0.0} s for a lock of {row.BlockerName}"), token);
        foreach (var behind in Victims(rows).GroupBy(row => row.Blocker))
        {
            var longest = behind.MaxBy(Waited)!;
            var count = behind.Select(row => row.Pid).Distinct().Count();
            if (Waited(longest) >= request.VictimWait || count >= request.VictimLimit)
                await CancelAsync(behind.Key, string.Create(CultureInfo.InvariantCulture, $"it held up {longest.Name} for {Waited(longest).TotalSeconds:0.0} s{(count > 1 ? $", {count} in all" : "")}{Cause(rows, behind.Key)}"), token);
        }

        foreach (var pid in cancelled.Keys.Except(rows.Select(row => row.Pid).Concat(rows.Select(row => row.Blocker))).ToList()) cancelled.Remove(pid);
    }

    private TimeSpan Waited(LockRow row) => time.GetElapsedTime(waitingSince[row.Pid]);

    // Somebody else who waits for the migration, also through others; the blocker becomes the migration's own process.
    private static IEnumerable<LockRow> Victims(IReadOnlyList<LockRow> rows)
    {
        foreach (var row in rows.Where(row => !row.IsOurs))
        {
            var seen = new HashSet<int>();
            var open = new Stack<LockRow>([row]);
            while (open.TryPop(out var next))
            {
                if (next.BlockerIsOurs) yield return row with { Blocker = next.Blocker, BlockerIsOurs = true, BlockerName = next.BlockerName };
                else if (seen.Add(next.Blocker)) foreach (var further in rows.Where(item => item.Pid == next.Blocker)) open.Push(further);
            }
        }
    }

    // While it waited itself, whoever it waited for is the one to know.
    private static string Cause(IReadOnlyList<LockRow> rows, int pid) =>
        rows.FirstOrDefault(row => row.Pid == pid && !row.BlockerIsOurs) is { } own ? $" while it waited for a lock of {own.BlockerName}" : "";

    private async Task CancelAsync(int pid, string why, CancellationToken token)
    {
        if (!cancelled.TryGetValue(pid, out var wait))
        {
            var before = Blocker;
            cancelled[pid] = new(time.GetTimestamp());
            Blocker = why;
            request.OnLine($"The migration is cancelled: {why}.");
            if (!await SignalAsync("pg_cancel_backend($1)", pid, token)) Blocker = before;
        }
        else if (!wait.Terminated && time.GetElapsedTime(wait.Since) >= CancelGrace)
        {
            wait.Terminated = true;
            request.OnLine("The migration goes on after it was cancelled; its connection is terminated.");
            await SignalAsync("pg_terminate_backend($1)", pid, token);
        }
    }

    private async Task<IReadOnlyList<LockRow>> ReadAsync(CancellationToken token)
    {
        var rows = new List<LockRow>();
        await using var command = new NpgsqlCommand(WaitingQuery, connection);
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = startedAt });
        await using var reader = await command.ExecuteReaderAsync(token);
        while (await reader.ReadAsync(token))
            rows.Add(new(reader.GetInt32(0), reader.GetBoolean(1), Describe(reader, 2, reader.GetInt32(0)), reader.GetInt32(6), reader.GetBoolean(7), Describe(reader, 8, reader.GetInt32(6))));
        return rows;
    }

    // The text of the query is left out: it may hold somebody's data.
    private static string Describe(NpgsqlDataReader reader, int at, int pid)
    {
        var application = reader.GetString(at) is { Length: > 0 } name ? $"'{name}'" : "an unnamed application";
        return string.Create(CultureInfo.InvariantCulture,
            $"{application} (pid {pid}, user {reader.GetString(at + 1)}, {reader.GetString(at + 2)}, transaction open for {reader.GetDouble(at + 3):0} s)");
    }

    // False when this login may not signal that process: that is told, and the others are still to be looked after.
    private async Task<bool> SignalAsync(string call, int pid, CancellationToken token)
    {
        await using var command = new NpgsqlCommand($"SELECT {call}", connection);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = pid });
        try
        {
            await command.ExecuteNonQueryAsync(token);
            return true;
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            request.OnLine($"The server does not let this login end pid {pid}: {address.Redact(exception.MessageText)}.");
            return false;
        }
    }
}
