using System.Management.Automation;
using VisionRollout.Core.Databases;
using VisionRollout.Plan;
using VisionRollout.Shell;

namespace VisionRollout.Database;

/// <summary>Lists the backups of services, newest first within a service.</summary>
/// <remarks>Only complete backups are listed. Verified is the answer of the newest test restore, Undecided when there was none.</remarks>
/// <example><code>Get-ServiceDatabaseBackup business</code><para>Lists the backups of one service.</para></example>
[Cmdlet(VerbsCommon.Get, "ServiceDatabaseBackup")]
[OutputType(typeof(DatabaseBackup))]
public sealed class GetServiceDatabaseBackup : ServiceDatabaseCmdlet
{
    /// <summary>Services, by name or wildcard. Default: all services of the plan.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [ArgumentCompleter(typeof(ServiceNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Service { get; set; } = ["*"];

    /// <summary>Label or wildcard. Default: all labels.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string Label { get; set; } = "*";

    /// <summary>Where the backups are: s3://bucket/prefix or a folder. Default: Backups of the environment's Endpoints.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Destination { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var destination = Place(Destination);
        foreach (var service in FindServices(Service)) RunItem(service.Name, (shell, token) => ListAsync(destination, service.Name, shell, token));
    }

    private async Task ListAsync(string destination, string service, IShell shell, CancellationToken token)
    {
        var label = WildcardPattern.Get(Label, WildcardOptions.IgnoreCase);
        await foreach (var backup in Current.World.Backups.ListAsync(destination, service, damaged => shell.Error(damaged), token))
        {
            if (label.IsMatch(backup.Label)) shell.Write(backup);
        }
    }
}
