using System.Management.Automation;
using VisionRollout.Core.Databases;
using VisionRollout.Core.Databases.Migrations;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Evidence;
using VisionRollout.Core.Journal;
using VisionRollout.Core.Plan;
using VisionRollout.Plan;
using VisionRollout.Shell;

namespace VisionRollout.Database;

/// <summary>Runs the pending migrations of services on a scratch database first, and judges each statement.</summary>
/// <remarks>A backup is restored into a scratch database. There the plan's migration command runs in a ready pod of the live Deployment, led to
/// the scratch database by Scratch of the plan's Database, with its SQL logged; just before each commit the locks, the rows written and the schema
/// are noted. Then the plan's Checks show whether the version that is still serving can work with the migrated database, and the undo command
/// shows which migrations can be taken back. The scratch database is always dropped. Meanwhile the versions of the service's own database are locked
/// against writers, so that a command that is not led away from it changes nothing there.
/// A statement that blocks or breaks the serving version, or fails, is an error that names the rule and the remedy; warnings are shown.</remarks>
/// <example><code>Get-RolloutService | Test-DatabaseMigration</code><para>Tries every service's pending migrations on its newest verified backup.</para></example>
/// <example><code>(Test-DatabaseMigration business -PassThru).Statements</code><para>Shows each statement with its verdict, table, lock and remedy.</para></example>
[Cmdlet(VerbsDiagnostic.Test, "DatabaseMigration", SupportsShouldProcess = true)]
[OutputType(typeof(MigrationPreflight))]
public sealed class TestDatabaseMigration : ServiceDatabaseCmdlet
{
    /// <summary>Services, by name or wildcard. Default: all services of the plan.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [ArgumentCompleter(typeof(ServiceNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Service { get; set; } = ["*"];

    /// <summary>Location of the backup, as Backup-ServiceDatabase and Get-ServiceDatabaseBackup emit it. Default: the newest verified one; where none
    /// is verified, the newest.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? Location { get; set; }

    /// <summary>Where the backups are: s3://bucket/prefix or a folder. Default: Backups of the environment's Endpoints.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Destination { get; set; }

    /// <summary>Size in bytes from which on a table counts as large. On a smaller one, a lock that is held for at most 1 s is a warning.</summary>
    [Parameter]
    [ValidateRange(0, long.MaxValue)]
    public long LargeTable { get; set; } = MigrationJudge.LargeTable;

    /// <summary>Key of an encrypted backup: its 32 bytes as base64 or hexadecimal digits as password. Default: the Secret of the key's name.</summary>
    [Parameter]
    [Credential]
    public PSCredential? Key { get; set; }

    /// <summary>Writes the answer also when it is not Go, and does not fail.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var service in FindServices(Service))
        {
            if (!ShouldProcess($"a scratch database of service {service.Name}", $"Restore a backup and run {string.Join(' ', service.Database.Migrate)}")) continue;
            var place = Place(Location ?? Destination);
            var key = KeyOf(Key);
            RunItem(service.Name, (shell, token) => TestAsync(service, place, key, shell, token));
        }
    }

    private async Task TestAsync(PlanService service, string place, BackupKey? key, IShell shell, CancellationToken token)
    {
        await Current.ThrowIfStoppedAsync(token);
        var (location, verified) = Location is null ? await FindBackupAsync(service, place, token) : (place, await VerifiedAsync(place, token));
        if (verified != Verdict.Go) shell.Warn($"The backup of service '{service.Name}' at {location} is not verified.");
        var deployment = await FindLiveDeploymentAsync(service, token);
        using var progress = new BackupProgressBar(shell, $"Testing the migrations of {service.Name}");
        using var commands = new CommandProgress(shell, $"Testing the migrations of {service.Name} on a scratch database");
        var preflight = await Current.World.Preflights.RunAsync(new()
        {
            Service = service, Deployment = deployment, Location = location, Key = key, LargeTable = LargeTable, Credential = Login, OnLine = commands.Line, OnProgress = progress.Show,
        }, token) with { BackupVerified = verified };
        var against = preflight.Against();
        await Current.RecordAsync(new MigrationsPreflighted(service.Name, location, preflight.Verdict, preflight.Reason,
            [.. preflight.Migrations.Select(item => new MigrationClass(item.Version, item.Reversibility, item.Reason))], against), token);
        foreach (var warning in against.Where(finding => finding.Verdict == MigrationVerdict.Warning)) shell.Warn($"{service.Name}: {warning.Rule}: {warning.Reason} {warning.Remedy}");
        shell.Write(preflight);
        if (preflight.Verdict != Verdict.Go && !PassThru) throw Unsafe(preflight, against);
    }

    private async Task<(string Location, Verdict Verified)> FindBackupAsync(PlanService service, string place, CancellationToken token)
    {
        if (await Current.FindStateAsync(token) is { } state && state.Backups.GetValueOrDefault(service.Name) is { } taken && await VerifiedAsync(taken.Location, token) == Verdict.Go)
            return (taken.Location, Verdict.Go);
        DatabaseBackup? newest = null;
        await foreach (var backup in Current.World.Backups.ListAsync(place, service.Name, static _ => { }, token))
        {
            if (backup.Service != service.Name) continue;
            if (backup.Verified == Verdict.Go) return (backup.Location, Verdict.Go);
            newest ??= backup;
        }

        return newest is null
            ? throw new RolloutException("PreflightBackupMissing", RolloutErrorKind.NotFound, $"There is no backup of service '{service.Name}' at {place}.",
                "Run Backup-ServiceDatabase and Test-ServiceDatabaseBackup first, or name one with -Location.", service.Name)
            : (newest.Location, newest.Verified);
    }

    private async Task<Verdict> VerifiedAsync(string location, CancellationToken token) =>
        (await Current.FindStateAsync(token))?.Verifications.GetValueOrDefault(location)?.Verdict ?? Verdict.Undecided;

    private static RolloutException Unsafe(MigrationPreflight preflight, IReadOnlyList<MigrationFinding> against)
    {
        var isUnsafe = preflight.Verdict == Verdict.NoGo;
        var worst = against.First(finding => isUnsafe ? finding.Verdict > MigrationVerdict.Warning : finding.Rule == MigrationRule.SqlNotCaptured);
        var others = against.Count(finding => finding.Verdict > MigrationVerdict.Warning) - 1;
        var statement = preflight.Statements.FirstOrDefault(item => item.Findings.Contains(worst));
        var where = statement is null ? "" : $" Version {statement.Version}: {statement.Sql}";
        return new(isUnsafe ? "MigrationUnsafe" : "MigrationUndecided", isUnsafe ? RolloutErrorKind.Failed : RolloutErrorKind.InvalidState,
            $"The migrations of service '{preflight.Service}' {(isUnsafe ? "are not safe" : "could not be judged")}: {worst.Rule}: {worst.Reason}{where}{(others > 0 ? $" (and {others} more)" : "")}",
            worst.Remedy, preflight.Service)
        {
            Findings = [.. against.Select(finding => AsFinding(preflight, finding))],
        };
    }

    private static Finding AsFinding(MigrationPreflight preflight, MigrationFinding finding) => new()
    {
        Criterion = finding.Rule.ToString(),
        Subject = finding.Table.Length > 0 ? $"{preflight.Service}: {finding.Table}" : preflight.Service,
        Verdict = finding.Rule == MigrationRule.SqlNotCaptured ? Verdict.Undecided : finding.Verdict > MigrationVerdict.Warning ? Verdict.NoGo : Verdict.Go,
        Reason = $"{finding.Reason} {finding.Remedy}",
        Source = "preflight of migrations",
        At = preflight.TestedAt,
    };
}
