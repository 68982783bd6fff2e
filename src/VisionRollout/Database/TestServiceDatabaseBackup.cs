using System.Management.Automation;
using VisionRollout.Core.Databases;
using VisionRollout.Core.Evidence;
using VisionRollout.Core.Journal;
using VisionRollout.Shell;

namespace VisionRollout.Database;

/// <summary>Proves a backup: restores it into a scratch database, compares it with the manifest, and drops it.</summary>
/// <remarks>Compared are sizes, SHA-256, row count and digest of every table, sequences, extensions, and whether indexes and constraints are valid.
/// The evidence is kept beside the manifest. Go: the backup restores and holds what it held when it was taken. NoGo: it does not.
/// Undecided: the scratch database could not be made or reached.</remarks>
/// <example><code>Get-RolloutService | Backup-ServiceDatabase | Test-ServiceDatabaseBackup</code><para>Backs up every database and proves each backup.</para></example>
[Cmdlet(VerbsDiagnostic.Test, "ServiceDatabaseBackup", SupportsShouldProcess = true)]
[OutputType(typeof(DatabaseBackupTest))]
public sealed class TestServiceDatabaseBackup : ServiceDatabaseCmdlet
{
    /// <summary>Location of the backup, as Backup-ServiceDatabase and Get-ServiceDatabaseBackup emit it.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string Location { get; set; } = "";

    /// <summary>Service on whose database server the scratch database is made. Default: the backup's own.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? Service { get; set; }

    /// <summary>Key of an encrypted backup: its 32 bytes as base64 or hexadecimal digits as password. Default: the Secret of the key's name.</summary>
    [Parameter]
    [Credential]
    public PSCredential? Key { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var place = Place(Location);
        if (!ShouldProcess(place, "Restore into a scratch database and compare")) return;
        var key = KeyOf(Key);
        RunItem(Location, (shell, token) => TestAsync(place, key, shell, token));
    }

    private async Task TestAsync(string place, BackupKey? key, IShell shell, CancellationToken token)
    {
        var service = FindService(Service ?? (await Current.World.Backups.ReadManifestAsync(place, token)).Service);
        using var progress = new BackupProgressBar(shell, $"Testing the backup of {service.Name}");
        var test = await Current.World.Backups.TestAsync(new() { Service = service, Location = place, Credential = Login, Key = key, OnProgress = progress.Show }, token);
        var reason = test.Findings.FirstOrDefault(finding => finding.Verdict != Verdict.Go)?.Reason ?? "It restores and holds what it held when it was taken.";
        await Current.RecordAsync(new BackupVerified(test.Service, test.Location, test.Verdict, reason), token);
        shell.Write(test);
    }
}
