using System.Globalization;
using System.Management.Automation;
using VisionRollout.Core.Databases;
using VisionRollout.Core.Journal;
using VisionRollout.Core.Plan;
using VisionRollout.Plan;
using VisionRollout.Shell;

namespace VisionRollout.Database;

/// <summary>Backs up the databases of services with pg_dump on one consistent snapshot each, into an S3 store or a folder.</summary>
/// <remarks>The dump is compressed and stored while it is read; nothing else is written and memory stays bounded. Beside it stands a manifest with
/// SHA-256, row counts and digests of every table, written last: without a manifest there is no backup. Services are backed up side by side,
/// and each is emitted when it is complete. Needs pg_dump of the server's version or newer on this machine.</remarks>
/// <example><code>Get-RolloutService | Backup-ServiceDatabase | Test-ServiceDatabaseBackup</code><para>Backs up every service's database and proves each backup by a test restore.</para></example>
/// <example><code>Backup-ServiceDatabase business -Label before-cleanup -Destination ./backups</code><para>Backs up one database into a folder.</para></example>
[Cmdlet(VerbsData.Backup, "ServiceDatabase", SupportsShouldProcess = true)]
[OutputType(typeof(DatabaseBackup))]
public sealed class BackupServiceDatabase : ServiceDatabaseCmdlet
{
    private readonly List<PlanService> services = [];

    /// <summary>Services, by name or wildcard. Default: all services of the plan.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [ArgumentCompleter(typeof(ServiceNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Service { get; set; } = ["*"];

    /// <summary>Label of the backups: letters, digits, '-', '_' and '.'. Default: pre-deployment-yyyyMMdd by the rollout's clock.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Label { get; set; }

    /// <summary>Where the backups go: s3://bucket/prefix or a folder. Default: Backups of the environment's Endpoints.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Destination { get; set; }

    /// <summary>How many services are backed up at the same time.</summary>
    [Parameter]
    [ValidateRange(1, 32)]
    public int ThrottleLimit { get; set; } = 2;

    /// <summary>Encrypts with this key: its name as user, its 32 bytes as base64 or hexadecimal digits as password.
    /// Default: the Secret that Backups.Key of the plan names; where it names none, backups are not encrypted.</summary>
    [Parameter]
    [Credential]
    public PSCredential? Key { get; set; }

    /// <summary>Unfinished uploads, and data without a manifest, of these services that are older than this are deleted first.</summary>
    [Parameter]
    public TimeSpan SweepAfter { get; set; } = TimeSpan.FromDays(1);

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var service in FindServices(Service))
        {
            if (ShouldProcess($"database of service {service.Name}", "Back up")) services.Add(service);
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (services.Count == 0) return;
        var destination = Place(Destination);
        var given = KeyOf(Key);
        Run((shell, token) => BackupAllAsync(destination, given, shell, token));
    }

    private async Task BackupAllAsync(string destination, BackupKey? given, IShell shell, CancellationToken token)
    {
        var key = given ?? (Current.Plan.Backups.Key is { } id ? await Current.World.Backups.FindKeyAsync(id, token) : null);
        var wanted = services.DistinctBy(service => service.Name).ToList();
        var now = await Current.NowAsync(token);
        var label = Label ?? string.Create(CultureInfo.InvariantCulture, $"pre-deployment-{now.UtcDateTime:yyyyMMdd}");
        var rollout = (await Current.FindStateAsync(token))?.Started.Id;
        await Parallel.ForEachAsync(wanted, new ParallelOptions { MaxDegreeOfParallelism = ThrottleLimit, CancellationToken = token }, async (service, cancel) =>
        {
            using var progress = new BackupProgressBar(shell, $"Backing up {service.Name}");
            try
            {
                await BackupAsync(shell, new()
                {
                    Service = service,
                    Destination = destination,
                    Label = label,
                    RolloutId = rollout,
                    Key = key,
                    Parallel = Math.Min(ThrottleLimit, wanted.Count),
                    SweepAfter = SweepAfter,
                    Credential = Login,
                    OnProgress = progress.Show,
                    OnLine = shell.Verbose,
                }, cancel);
            }
            catch (Exception exception) when (!cancel.IsCancellationRequested)
            {
                shell.Error(exception, service.Name);
            }
        });
    }

    private async Task BackupAsync(IShell shell, BackupRequest request, CancellationToken token)
    {
        var backup = await Current.World.Backups.BackupAsync(request, token);
        await Current.RecordAsync(new BackupTaken(backup.Service, backup.Database, backup.Label, backup.Location, backup.Bytes, backup.Duration.TotalSeconds, backup.Rows, backup.Sha256), token);
        shell.Write(backup);
    }
}
