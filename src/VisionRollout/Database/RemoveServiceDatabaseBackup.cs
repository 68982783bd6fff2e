using System.Management.Automation;
using VisionRollout.Core.Databases;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Evidence;
using VisionRollout.Core.Journal;
using VisionRollout.Core.Plan;
using VisionRollout.Plan;
using VisionRollout.Shell;

namespace VisionRollout.Database;

/// <summary>Deletes backups: what the plan's retention does not keep, or the ones that are named.</summary>
/// <remarks>Retention is grandfather-father-son: of the newest days, weeks and months that have backups (Backups in the plan) one each stays, the
/// newest verified one where there is any. The newest backup, the last verified one of a service and those of the rollout under way always
/// stay, also when they are named. Of each backup the manifest is deleted first. Emits what was deleted.</remarks>
/// <example><code>Remove-ServiceDatabaseBackup -WhatIf</code><para>Shows which backups of every service the plan's retention does not keep.</para></example>
/// <example><code>Get-ServiceDatabaseBackup business -Label trial* | Remove-ServiceDatabaseBackup</code><para>Deletes backups by name.</para></example>
[Cmdlet(VerbsCommon.Remove, "ServiceDatabaseBackup", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High, DefaultParameterSetName = ByRetention)]
[OutputType(typeof(DatabaseBackup))]
public sealed class RemoveServiceDatabaseBackup : ServiceDatabaseCmdlet
{
    private const string ByRetention = "Retention";
    private const string ByLocation = "Location";

    /// <summary>Services whose backups are looked at, by name or wildcard. Default: all services of the plan.</summary>
    [Parameter(Position = 0, ParameterSetName = ByRetention)]
    [Alias("Name")]
    [ArgumentCompleter(typeof(ServiceNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Service { get; set; } = ["*"];

    /// <summary>Location of a backup, as Get-ServiceDatabaseBackup emits it.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByLocation, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string Location { get; set; } = "";

    /// <summary>Where the backups are: s3://bucket/prefix or a folder. Default: Backups of the environment's Endpoints.</summary>
    [Parameter(ParameterSetName = ByRetention)]
    [ValidateNotNullOrEmpty]
    public string? Destination { get; set; }

    /// <summary>Days of which a backup stays. Default: the plan's.</summary>
    [Parameter(ParameterSetName = ByRetention)]
    [ValidateRange(1, 366)]
    public int Daily { get; set; }

    /// <summary>Weeks of which a backup stays. Default: the plan's.</summary>
    [Parameter(ParameterSetName = ByRetention)]
    [ValidateRange(0, 520)]
    public int Weekly { get; set; } = -1;

    /// <summary>Months of which a backup stays. Default: the plan's.</summary>
    [Parameter(ParameterSetName = ByRetention)]
    [ValidateRange(0, 120)]
    public int Monthly { get; set; } = -1;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == ByLocation) RemoveNamed();
        else foreach (var service in FindServices(Service)) RemoveOld(service);
    }

    private void RemoveOld(PlanService service)
    {
        IReadOnlyList<RetainedBackup> decided = [];
        var destination = Place(Destination);
        RunItem(service.Name, async (shell, token) => decided = await DecideAsync(destination, service.Name, shell, token));
        foreach (var item in decided.Where(item => item.IsKept)) WriteVerbose($"{item.Backup.Location} stays: {item.KeptAs}");
        foreach (var item in decided.Where(item => !item.IsKept)) Remove(item.Backup);
    }

    private void RemoveNamed()
    {
        var place = Place(Location);
        DatabaseBackup? backup = null;
        RunItem(Location, async (shell, token) =>
        {
            var manifest = await Current.World.Backups.ReadManifestAsync(place, token);
            // What stays whatever is asked: a retention that keeps nothing by its dates.
            var siblings = await DecideAsync(Root(place), manifest.Service, shell, token, new(0, 0, 0));
            var own = siblings.FirstOrDefault(item => Same(item.Backup.Location, place));
            if (own is { IsKept: true })
            {
                throw new RolloutException("BackupProtected", RolloutErrorKind.InvalidState, $"The backup {place} stays: {own.KeptAs}.",
                    "Take and test a newer backup first.", place);
            }

            backup = own?.Backup ?? DatabaseBackup.From(manifest, place);
        });
        if (backup is not null) Remove(backup);
    }

    private void Remove(DatabaseBackup backup)
    {
        if (!ShouldProcess($"{backup.Location} ({backup.CreatedAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC, {(backup.Verified == Verdict.Go ? "verified" : "not verified")})", "Delete the backup")) return;
        RunItem(backup.Location, async (shell, token) =>
        {
            await Current.World.Backups.RemoveAsync(backup.Location, token);
            await Current.RecordAsync(new BackupRemoved(backup.Service, backup.Label, backup.Location, backup.Bytes), token);
            shell.Write(backup);
        });
    }

    private async Task<IReadOnlyList<RetainedBackup>> DecideAsync(string destination, string service, IShell shell, CancellationToken token, BackupRetention? retention = null)
    {
        var backups = new List<DatabaseBackup>();
        await foreach (var backup in Current.World.Backups.ListAsync(destination, service, damaged => shell.Error(damaged), token)) backups.Add(backup);
        var plan = Current.Plan.Backups.Retention;
        retention ??= new(Daily > 0 ? Daily : plan.Daily, Weekly >= 0 ? Weekly : plan.Weekly, Monthly >= 0 ? Monthly : plan.Monthly);
        var running = await Current.FindStateAsync(token) is { Completed: null } state ? state.Started.Id : null;
        return RetentionDecision.Of(backups, retention, running);
    }

    // destination/service/label/time-random
    private static string Root(string location)
    {
        var parts = location.TrimEnd('/').Split('/');
        return string.Join('/', parts[..Math.Max(1, parts.Length - 3)]);
    }

    private static bool Same(string left, string right) => string.Equals(left.TrimEnd('/'), right.TrimEnd('/'), StringComparison.Ordinal);
}
