using System.Diagnostics;
using System.Globalization;
using Npgsql;
using VisionRollout.Core.Workloads;

namespace VisionRollout.Tests.Postgres;

/// <summary>A pod with a migration tool that works and logs like Ecto: <c>[on DATABASE] migrate | rollback | check SQL</c>.</summary>
internal sealed class ScriptTool(TestDatabase own, IReadOnlyList<Script> scripts) : IPodAccess
{
    private readonly List<(long Version, Script Script)> migrations = [.. scripts.Select((script, index) => (script.Version > 0 ? script.Version : index + 2, script))];

    /// <summary>Writes the statements to the log.</summary>
    public bool LogsSql { get; init; } = true;

    /// <summary>Leaves the words out that lead to another database, as a tool with a fixed configuration does.</summary>
    public bool IgnoresScratch { get; init; }

    /// <summary>Called when a command begins, with the database.</summary>
    public Func<string, CancellationToken, Task> OnBegin { get; init; } = static (_, _) => Task.CompletedTask;

    public async Task<ExecResult> ExecAsync(string deployment, string container, IReadOnlyList<string> command, Action<string> onLine, CancellationToken token)
    {
        var lines = new List<string>();
        void Say(string text)
        {
            foreach (var line in text.Split('\n'))
            {
                lines.Add(line);
                onLine(line);
            }
        }

        var database = command[0] == "on" && !IgnoresScratch ? command[1] : own.Name;
        await OnBegin(database, token);
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(own.ConnectionString) { Database = database, ApplicationName = "migrate", Pooling = false }.ConnectionString);
        await connection.OpenAsync(token);
        await RunAsync(connection, "SET lock_timeout = '20s'", token);
        try
        {
            await RunAsync(connection, command[0] == "on" ? [.. command.Skip(2)] : command, Say, token);
            return new($"{deployment}-1", 0, lines);
        }
        catch (PostgresException exception)
        {
            Say($"** (Postgrex.Error) ERROR {exception.SqlState} {exception.MessageText}");
            return new($"{deployment}-1", 1, lines);
        }
    }

    public Task<PodResponse> GetFromPodAsync(string pod, int port, string path, CancellationToken token) => throw new NotSupportedException();

    public Task<PodResponse> GetFromServiceAsync(string service, int port, string path, CancellationToken token) => throw new NotSupportedException();

    private async Task RunAsync(NpgsqlConnection connection, IReadOnlyList<string> words, Action<string> say, CancellationToken token)
    {
        switch (words[0])
        {
            case "migrate":
                var applied = await ReadAsync(connection, token);
                foreach (var (version, script) in migrations.Where(item => !applied.Contains(item.Version)))
                    await RunAsync(connection, version, "forward", script.Up, script.Transaction, $"INSERT INTO schema_migrations VALUES ({version}, now())", say, token);
                break;
            case "rollback":
                var newest = (await ReadAsync(connection, token)).Max();
                var down = migrations.First(item => item.Version == newest).Script;
                if (down.Down.Count == 0) throw new PostgresException("this migration has no down", "ERROR", "ERROR", "P0001");
                await RunAsync(connection, newest, "backward", down.Down, down.Transaction, $"DELETE FROM schema_migrations WHERE version = {newest}", say, token);
                break;
            default:
                await RunAsync(connection, words[1], token);
                break;
        }
    }

    private async Task RunAsync(NpgsqlConnection connection, long version, string direction, IEnumerable<string> statements, bool inTransaction, string mark, Action<string> say, CancellationToken token)
    {
        say($"10:00:00.000 [info] == Running {version} App.Repo.Migrations.Change.change/0 {direction}");
        await using var transaction = inTransaction ? await connection.BeginTransactionAsync(token) : null;
        if (inTransaction) await LogAsync(connection, "LOCK TABLE schema_migrations IN SHARE UPDATE EXCLUSIVE MODE", say, token);
        foreach (var statement in statements) await LogAsync(connection, statement, say, token);
        await LogAsync(connection, mark, say, token);
        if (transaction is not null) await transaction.CommitAsync(token);
        say($"10:00:00.000 [info] == Migrated {version} in 0.0s");
    }

    private async Task LogAsync(NpgsqlConnection connection, string sql, Action<string> say, CancellationToken token)
    {
        var watch = Stopwatch.StartNew();
        var how = "ERROR";
        try
        {
            await RunAsync(connection, sql, token);
            how = "OK";
        }
        finally
        {
            if (LogsSql) say(string.Create(CultureInfo.InvariantCulture, $"10:00:00.000 [debug] QUERY {how} db={watch.Elapsed.TotalMilliseconds:0.0}ms\n{sql} []"));
        }
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(token);
    }

    private static async Task<IReadOnlyList<long>> ReadAsync(NpgsqlConnection connection, CancellationToken token)
    {
        await using var command = new NpgsqlCommand("SELECT version FROM schema_migrations", connection);
        await using var reader = await command.ExecuteReaderAsync(token);
        var versions = new List<long>();
        while (await reader.ReadAsync(token)) versions.Add(reader.GetInt64(0));
        return versions;
    }
}
