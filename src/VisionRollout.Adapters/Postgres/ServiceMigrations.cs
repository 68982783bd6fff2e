using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using VisionRollout.Core.Databases;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Workloads;

namespace VisionRollout.Adapters.Postgres;

/// <summary>Runs the plan's migration commands in the services' own pods; what they did is read from the database.</summary>
/// <param name="addresses">Where the databases are.</param>
/// <param name="databases">Reads versions.</param>
/// <param name="pods">Runs commands in pods.</param>
public sealed partial class ServiceMigrations(DatabaseAddresses addresses, IServiceDatabases databases, Func<IPodAccess> pods) : IDatabaseMigrations
{
    private static readonly TimeSpan AfterwardsLimit = TimeSpan.FromSeconds(15);

    /// <inheritdoc/>
    public async Task<DatabaseMigrationResult> MigrateAsync(MigrationRequest request, CancellationToken token)
    {
        var before = await VersionsAsync(request, token);
        var address = await addresses.FindAsync(request.Service, request.Credential, token);
        var invalid = await InvalidIndexes.ReadAsync(address, token);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await RunAsync(request, request.Service.Database.Migrate, before, "Migration", token);
            }
            catch (MigrationFailedException failure)
            {
                await InvalidIndexes.SweepAsync(address, invalid, request.OnLine, token);
                if (attempt >= request.Attempts || !IsOnlyALock(failure)) throw;
                var pause = request.Pause(attempt);
                request.OnLine(string.Create(CultureInfo.InvariantCulture, $"Attempt {attempt} of {request.Attempts} ended because of a lock; the next one begins in {pause.TotalSeconds:0.0} s."));
                await Task.Delay(pause, token);
            }
        }
    }

    /// <inheritdoc/>
    public async Task EndInterruptedAsync(MigrationRequest request, CancellationToken token)
    {
        await using var locks = await LockWatch.OpenAsync(await addresses.FindAsync(request.Service, request.Credential, token), request, token);
        await locks.StopMigrationAsync(token);
        if (await locks.FindRunningAsync(token) is not { } running) return;
        throw new RolloutException("MigrationStillRuns", RolloutErrorKind.Conflict,
            $"The schema of service '{request.Service.Name}' is still being changed by {running}: perhaps the migration that was interrupted.",
            "Let it end, or end it with pg_terminate_backend(pid), then run this again.", request.Service.Name) { Trigger = "migration" };
    }

    private static bool IsOnlyALock(MigrationFailedException failure) => failure.Id == "MigrationBlocked"
        || (failure.Id == "MigrationFailed" && failure.Result.Output.Any(line => LockPattern().IsMatch(line)));

    /// <inheritdoc/>
    public async Task<DatabaseMigrationResult> UndoAsync(MigrationRequest request, IReadOnlyCollection<string> versions, CancellationToken token)
    {
        var before = await VersionsAsync(request, token);
        var wanted = before.Where(versions.Contains).ToList();
        if (wanted.Count == 0) return Result(request, before, before, "", TimeSpan.Zero, []);
        var result = await RunAsync(request, UndoCommand(request, before, wanted), before, "MigrationUndo", token);
        var left = wanted.Except(result.Undone, StringComparer.Ordinal).ToList();
        if (left.Count == 0) return result;
        throw new MigrationFailedException("MigrationUndoFailed", RolloutErrorKind.Failed,
            $"The undo command of service '{request.Service.Name}' ended well in pod '{result.Pod}', but {string.Join(", ", left)} is still in schema_migrations.",
            "Check Undo in the plan's Database: {Version} is the version to go back to, {Steps} the number of migrations.", result);
    }

    private static IReadOnlyList<string> UndoCommand(MigrationRequest request, IReadOnlyList<string> before, List<string> wanted)
    {
        var service = request.Service.Name;
        if (request.Service.Database.Undo.Count == 0)
        {
            throw new RolloutException("MigrationIrreversible", RolloutErrorKind.InvalidState,
                $"The migrations {string.Join(", ", wanted)} of service '{service}' are irreversible: the plan names no Undo command.",
                "Leave the schema and serve with the previous version, or restore the backup with Restore-ServiceDatabase.", service) { Trigger = "migration" };
        }

        if (!before.Take(wanted.Count).SequenceEqual(wanted, StringComparer.Ordinal))
        {
            throw new RolloutException("MigrationUndoOrder", RolloutErrorKind.InvalidState,
                $"The migrations {string.Join(", ", wanted)} of service '{service}' are not the newest ones; {before[0]} was applied after them.",
                "Take the newer migrations back first, with -To.", service) { Trigger = "migration" };
        }

        var version = before.Count > wanted.Count ? before[wanted.Count] : "0";
        var steps = wanted.Count.ToString(CultureInfo.InvariantCulture);
        return [.. request.Service.Database.Undo.Select(word => word.Replace("{Version}", version, StringComparison.Ordinal).Replace("{Steps}", steps, StringComparison.Ordinal))];
    }

    private async Task<DatabaseMigrationResult> RunAsync(MigrationRequest request, IReadOnlyList<string> command, IReadOnlyList<string> before, string what, CancellationToken token)
    {
        var watch = Stopwatch.StartNew();
        var address = await addresses.FindAsync(request.Service, request.Credential, token);
        await using var locks = await LockWatch.OpenAsync(address, request, token);
        ExecResult? ended = null;
        RolloutException? failure = null;
        try
        {
            ended = await ExecAsync(request, command, address, locks, token);
        }
        catch (RolloutException exception)
        {
            failure = exception;
        }

        // Also after a failure: what was done all the same must be known, or it could not be taken back.
        var after = await AfterAsync(request, before, ended is { ExitCode: 0 }, token);
        var result = Result(request, before, after, ended?.Pod ?? "", watch.Elapsed, ended?.LastLines ?? []);
        if (failure is not null) throw new MigrationFailedException(failure.Id, failure.Kind, failure.Message, failure.Remedy, result, failure);
        if (ended!.ExitCode == 0) return result;
        throw Failed(request, ended, locks.Blocker, result, what);
    }

    private async Task<ExecResult> ExecAsync(MigrationRequest request, IReadOnlyList<string> command, DatabaseAddress address, LockWatch locks, CancellationToken token)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(token);
        limit.CancelAfter(request.Service.Database.Timeout);
        using var watching = new CancellationTokenSource();
        var watch = locks.WatchAsync(watching.Token);
        var givenUp = true;
        try
        {
            var result = await pods().ExecAsync(request.Deployment, request.Service.Container, command, line => request.OnLine(address.Redact(line)), limit.Token);
            givenUp = false;
            return result with { LastLines = [.. result.LastLines.Select(address.Redact)] };
        }
        catch (OperationCanceledException exception) when (!token.IsCancellationRequested)
        {
            throw new RolloutException("MigrationTimeout", RolloutErrorKind.Timeout,
                $"The migration command of service '{request.Service.Name}' in Deployment '{request.Deployment}' did not end within {request.Service.Database.Timeout}; it was stopped.",
                "Find out what it waited for, or raise Timeout in the plan's Database.", request.Service.Name, exception);
        }
        finally
        {
            await watching.CancelAsync();
            await watch;
            if (givenUp)
            {
                using var last = new CancellationTokenSource(AfterwardsLimit);
                await locks.StopMigrationAsync(last.Token);
            }
        }
    }

    private async Task<IReadOnlyList<string>> AfterAsync(MigrationRequest request, IReadOnlyList<string> before, bool endedWell, CancellationToken token)
    {
        try
        {
            return await VersionsAsync(request, token);
        }
        catch (RolloutException exception) when (!endedWell)
        {
            // The failure that led here is the one to report.
            request.OnLine($"The schema versions could not be read afterwards: {exception.Message}");
            return before;
        }
    }

    private static MigrationFailedException Failed(MigrationRequest request, ExecResult ended, string? blocker, DatabaseMigrationResult result, string what)
    {
        var lines = ended.LastLines.Count == 0 ? "It said nothing." : $"Its last lines: {string.Join(" | ", ended.LastLines.TakeLast(5))}";
        var cause = blocker is null ? "" : $" It was cancelled: {blocker}.";
        return new(blocker is null ? $"{what}Failed" : $"{what}Blocked", blocker is null ? RolloutErrorKind.Failed : RolloutErrorKind.Conflict,
            $"The migration command of service '{request.Service.Name}' ended with exit code {ended.ExitCode} in pod '{ended.Pod}'.{cause} {lines}",
            blocker is null ? "Correct the migration; the schema is as its transaction left it (Get-DatabaseMigration)." : "Run it again when the blocker has ended, or outside the busy hours.", result);
    }

    private async Task<IReadOnlyList<string>> VersionsAsync(MigrationRequest request, CancellationToken token) =>
        [.. (await databases.ReadMigrationsAsync(request.Service, request.Credential, token)).Select(row => row.Version)];

    // Versions come newest first.
    private static DatabaseMigrationResult Result(MigrationRequest request, IReadOnlyList<string> before, IReadOnlyList<string> after, string pod, TimeSpan duration, IReadOnlyList<string> output) => new()
    {
        Service = request.Service.Name,
        Before = before.Count > 0 ? before[0] : null,
        After = after.Count > 0 ? after[0] : null,
        Applied = [.. after.Except(before, StringComparer.Ordinal).Reverse()],
        Undone = [.. before.Except(after, StringComparer.Ordinal)],
        Pod = pod,
        Duration = duration,
        Output = output,
    };

    // As the tools write it: the code, its name in the manual's list of error codes, or the server's words.
    [GeneratedRegex(@"\b(55P03|40P01)\b|lock_not_available|deadlock_detected|due to lock timeout|deadlock detected")]
    private static partial Regex LockPattern();
}
