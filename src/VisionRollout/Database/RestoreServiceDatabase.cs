using System.Management.Automation;
using VisionRollout.Core.Databases;
using VisionRollout.Shell;

namespace VisionRollout.Database;

/// <summary>Restores a backup into a new database on the service's database server.</summary>
/// <remarks>The database is made from template0 under another name and takes its place when it is complete; when anything fails it is dropped, and
/// whatever was there before is untouched. An existing database is replaced only with -Overwrite, and its sessions are ended then.</remarks>
/// <example><code>Get-ServiceDatabaseBackup business | Select-Object -First 1 | Restore-ServiceDatabase -TargetDatabase business_yesterday</code><para>Restores the newest backup of a service beside its database.</para></example>
[Cmdlet(VerbsData.Restore, "ServiceDatabase", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(RestoredDatabase))]
public sealed class RestoreServiceDatabase : ServiceDatabaseCmdlet
{
    /// <summary>Location of the backup, as Backup-ServiceDatabase and Get-ServiceDatabaseBackup emit it.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string Location { get; set; } = "";

    /// <summary>Name of the database to make.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    public string TargetDatabase { get; set; } = "";

    /// <summary>Service on whose database server it is made. Default: the backup's own.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? Service { get; set; }

    /// <summary>Replaces a database of that name.</summary>
    [Parameter]
    public SwitchParameter Overwrite { get; set; }

    /// <summary>Leaves owners and privileges out, for a server that lacks the roles.</summary>
    [Parameter]
    public SwitchParameter NoOwner { get; set; }

    /// <summary>Key of an encrypted backup: its 32 bytes as base64 or hexadecimal digits as password. Default: the Secret of the key's name.</summary>
    [Parameter]
    [Credential]
    public PSCredential? Key { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var place = Place(Location);
        if (!ShouldProcess($"database {TargetDatabase} from {place}", Overwrite ? "Restore and REPLACE" : "Restore")) return;
        var key = KeyOf(Key);
        RunItem(Location, (shell, token) => RestoreAsync(place, key, shell, token));
    }

    private async Task RestoreAsync(string place, BackupKey? key, IShell shell, CancellationToken token)
    {
        var service = FindService(Service ?? (await Current.World.Backups.ReadManifestAsync(place, token)).Service);
        using var progress = new BackupProgressBar(shell, $"Restoring {service.Name}");
        shell.Write(await Current.World.Backups.RestoreAsync(new()
        {
            Service = service,
            Location = place,
            TargetDatabase = TargetDatabase,
            Overwrite = Overwrite,
            NoOwner = NoOwner,
            Key = key,
            Credential = Login,
            OnProgress = progress.Show,
        }, token));
    }
}
