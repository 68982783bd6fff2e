using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;
using VisionRollout.Core.Databases.Migrations;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Workloads;

namespace VisionRollout.Adapters.Postgres;

/// <summary>The pending migrations, the serving version's checks and the undo, on one scratch database.</summary>
internal sealed partial class ScratchRun(PreflightRequest request, DatabaseAddress address, string scratch, IPodAccess pods, MigrationGuard guard)
{
    private const int LastLines = 5;
    private readonly SqlLog log = new();

    /// <summary>Runs them and tells what was seen.</summary>
    /// <param name="rows">Rows by table when the backup was taken.</param>
    /// <param name="token">Cancels.</param>
    public async Task<MigrationCapture> RunAsync(IReadOnlyDictionary<string, long> rows, CancellationToken token)
    {
        var database = request.Service.Database;
        await SettleAsync(token);
        await using var observer = await PreflightObserver.OpenAsync(address.With(scratch), guard.Table, token);
        var ended = await ExecAsync(database.Migrate, AddToLog, token);
        var capture = new MigrationCapture
        {
            Service = request.Service.Name,
            Applied = guard.Versions,
            Before = observer.Before,
            Statements = log.Statements,
            Commits = [.. (await observer.ReadCommitsAsync(token)).Where(commit => !commit.Undone)],
            After = await observer.ReadSchemaAsync(token),
            Failure = ended.ExitCode == 0 ? null : Words(ended),
            Rows = rows,
            HasUndo = database.Undo.Count > 0,
            Facts = guard.Facts,
        };
        if (capture.Failure is not null) return capture;
        capture = capture with { Checks = await CheckAsync(token) };
        return capture.HasUndo ? capture with { Undos = await UndoAsync(observer, capture.Commits, token) } : capture;
    }

    // A dump holds neither the database's settings nor the rights on the database itself.
    private async Task SettleAsync(CancellationToken token)
    {
        await using var connection = await address.With(scratch).OpenAsync(token);
        await TryAsync(connection, $"GRANT ALL ON DATABASE {SqlText.Name(scratch)} TO {SqlText.Name(guard.Owner)}", token);
        foreach (var setting in guard.Settings.Select(line => line.Split('=', 2)).Where(parts => parts.Length == 2))
        {
            // A list of names stands there as SQL wants it.
            var value = setting[0] == "search_path" ? setting[1] : SqlText.Literal(setting[1]);
            await TryAsync(connection, $"ALTER DATABASE {SqlText.Name(scratch)} SET {setting[0]} TO {value}", token);
        }
    }

    private async Task TryAsync(NpgsqlConnection connection, string sql, CancellationToken token)
    {
        try
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync(token);
        }
        catch (PostgresException exception)
        {
            request.OnLine($"The scratch database is not in all like the service's own: {exception.MessageText}");
        }
        catch (Exception exception) when (exception is NpgsqlException or IOException)
        {
            throw PostgresErrors.From(exception, address.With(scratch));
        }
    }

    private async Task<IReadOnlyList<PreflightCheck>> CheckAsync(CancellationToken token)
    {
        var checks = new List<PreflightCheck>();
        foreach (var check in request.Service.Database.Checks)
        {
            var ended = await ExecAsync(check.Command, static _ => { }, token);
            checks.Add(new(check.Name, ended.ExitCode, [.. ended.LastLines.TakeLast(LastLines).Select(address.Redact)]));
        }

        return checks;
    }

    private async Task<IReadOnlyList<MigrationUndoTrial>> UndoAsync(PreflightObserver observer, IReadOnlyList<MigrationCommit> commits, CancellationToken token)
    {
        var trials = new List<MigrationUndoTrial>();
        foreach (var version in commits.Select(commit => commit.Version).Reverse())
        {
            var applied = await observer.ReadVersionsAsync(token);
            if (applied.Count == 0 || applied[0] != version)
            {
                trials.Add(new(version, applied.Count == 0 ? "the version is not there." : $"{applied[0]} stands above it.", await observer.ReadSchemaAsync(token), []));
                break;
            }

            var command = request.Service.Database.Undo.Select(word => word.Replace("{Version}", applied.Count > 1 ? applied[1] : "0", StringComparison.Ordinal).Replace("{Steps}", "1", StringComparison.Ordinal));
            var ended = await ExecAsync([.. command], static _ => { }, token);
            var undone = (await observer.ReadCommitsAsync(token)).FirstOrDefault(commit => commit.Undone && commit.Version == version);
            var failure = ended.ExitCode != 0 ? Words(ended) : undone is null ? "the command ended well, and the version is still there." : null;
            trials.Add(new(version, failure, await observer.ReadSchemaAsync(token), undone?.Written ?? []));
            if (failure is not null) break;
        }

        return trials;
    }

    private void AddToLog(string line)
    {
        // Judged as it ran: what stands for a password must not change what a statement says.
        lock (log) log.Add(address.RedactKnown(line));
    }

    // The words that lead a command to the scratch database stand before it.
    private async Task<ExecResult> ExecAsync(IReadOnlyList<string> command, Action<string> onLine, CancellationToken token)
    {
        var words = (string[])[.. request.Service.Database.Scratch.Select(word => word.Replace("{Database}", scratch, StringComparison.Ordinal)), .. command];
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(token);
        limit.CancelAfter(request.Service.Database.Timeout);
        try
        {
            return await guard.WhileAsync(cancel => pods.ExecAsync(request.Deployment, request.Service.Container, words, line =>
            {
                onLine(line);
                request.OnLine(address.Redact(line));
            }, cancel), limit.Token);
        }
        catch (OperationCanceledException exception) when (!token.IsCancellationRequested)
        {
            throw new RolloutException("PreflightTimeout", RolloutErrorKind.Timeout,
                string.Create(CultureInfo.InvariantCulture, $"'{string.Join(' ', command)}' of service '{request.Service.Name}' did not end on the scratch database within {request.Service.Database.Timeout}."),
                "Find out what takes so long, or raise Timeout in the plan's Database.", request.Service.Name, exception);
        }
    }

    // From the tool's error on; where none is to be seen, its last lines.
    private string Words(ExecResult ended)
    {
        var lines = ended.LastLines.Where(line => !string.IsNullOrWhiteSpace(line)).Select(line => line.Trim()).ToList();
        var error = lines.FindLastIndex(line => ErrorPattern().IsMatch(line));
        var words = error < 0 ? lines.TakeLast(LastLines) : lines.Skip(error).Take(LastLines);
        return lines.Count == 0 ? $"exit code {ended.ExitCode}." : address.Redact(string.Join(" | ", words));
    }

    [GeneratedRegex(@"^\*\* \(|(?<!QUERY )\b(ERROR|FATAL)\b|Exception: ")]
    private static partial Regex ErrorPattern();
}
