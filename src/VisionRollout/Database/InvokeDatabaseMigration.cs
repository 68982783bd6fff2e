using System.Management.Automation;
using VisionRollout.Core.Databases;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Evidence;
using VisionRollout.Core.Plan;
using VisionRollout.Plan;
using VisionRollout.Shell;

namespace VisionRollout.Database;

/// <summary>Runs the plan's migration command of each service in a ready pod of its live Deployment.</summary>
/// <remarks>The schema versions before and after are read from the database; nothing pending is a result without change. While the command runs, its
/// locks are watched: a migration that waits too long for a lock, and so makes everything behind it wait, is cancelled, and whoever holds the lock
/// is named; so is one behind which others wait too long. Then it is tried again, and an invalid index that it left is dropped. Within a rollout
/// a verified backup comes first. Output goes to the verbose stream line by line, and its first and last 500 lines into the journal. What was applied is
/// recorded also when the command fails, and is found out later when this process is killed, so that Undo-DatabaseMigration can take it back.</remarks>
/// <example><code>Get-RolloutService | Invoke-DatabaseMigration -Verbose</code><para>Migrates every service's database and shows the commands' output.</para></example>
[Cmdlet(VerbsLifecycle.Invoke, "DatabaseMigration", SupportsShouldProcess = true)]
[OutputType(typeof(DatabaseMigrationResult))]
public sealed class InvokeDatabaseMigration : ServiceDatabaseCmdlet
{
    /// <summary>Services, by name or wildcard. Default: all services of the plan.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [ArgumentCompleter(typeof(ServiceNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Service { get; set; } = ["*"];

    /// <summary>Longest time that the migration may wait for a lock.</summary>
    [Parameter]
    public TimeSpan LockWait { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How often the command is run when only a lock was in its way, with pauses of up to 30 s in between.</summary>
    [Parameter]
    [ValidateRange(1, 100)]
    public int Attempts { get; set; } = 10;

    /// <summary>Migrates without a verified backup of the rollout under way.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var service in FindServices(Service))
        {
            if (ShouldProcess($"database of service {service.Name}", $"Run {string.Join(' ', service.Database.Migrate)}"))
                RunItem(service.Name, (shell, token) => MigrateAsync(service, shell, token));
        }
    }

    private async Task MigrateAsync(PlanService service, IShell shell, CancellationToken token)
    {
        await Current.ThrowIfStoppedAsync(token);
        if (!Force) await RequireBackupAsync(service, token);
        var deployment = await FindLiveDeploymentAsync(service, token);
        using var progress = new CommandProgress(shell, $"Migrating {service.Name}");
        var isOnly = await MigrationHistory.BeginAsync(Current, service, Login, token);
        try
        {
            var result = await OutputRecorder.RunAsync(Current, service.Name, progress.Line, onLine => Current.World.Migrations.MigrateAsync(
                new() { Service = service, Deployment = deployment, Credential = Login, LockWait = LockWait, Attempts = Attempts, OnLine = onLine }, token));
            await MigrationHistory.EndAsync(Current, service, Login, result, hasEnded: true, token);
            shell.Write(result);
        }
        catch (MigrationFailedException exception)
        {
            await MigrationHistory.EndAsync(Current, service, Login, exception.Result, hasEnded: isOnly && (exception.Id is "MigrationFailed" or "MigrationBlocked"), token);
            throw;
        }
        catch (OperationCanceledException)
        {
            await MigrationHistory.GiveUpAsync(Current, service, Login);
            throw;
        }
    }

    // Within a rollout the way back includes the data: it must have been seen to restore.
    private async Task RequireBackupAsync(PlanService service, CancellationToken token)
    {
        if (await Current.FindStateAsync(token) is not { Completed: null } state) return;
        var backup = state.Backups.GetValueOrDefault(service.Name);
        var verified = backup is null ? null : state.Verifications.GetValueOrDefault(backup.Location);
        if (verified?.Verdict == Verdict.Go) return;
        throw new RolloutException("MigrationBackupUnverified", RolloutErrorKind.InvalidState,
            backup is null ? $"This rollout has no backup of service '{service.Name}'."
                : $"The backup of service '{service.Name}' at {backup.Location} is not verified: {verified?.Reason ?? "it was never tested"}.",
            "Run Backup-ServiceDatabase and Test-ServiceDatabaseBackup first, or take the risk with -Force.", service.Name);
    }
}
