using System.Management.Automation;
using VisionRollout.Core.Databases;
using VisionRollout.Core.Databases.Migrations;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Journal;
using VisionRollout.Core.Plan;
using VisionRollout.Plan;
using VisionRollout.Shell;

namespace VisionRollout.Database;

/// <summary>Takes migrations back with the plan's undo command, the last service first.</summary>
/// <remarks>Without -To, what this rollout has applied is taken back and nothing else. The command runs in a ready pod of the live Deployment, and the
/// versions are read from the database afterwards. A service whose plan names no undo command is irreversible: the error says what remains to be done.
/// So is a migration that its preflight (Test-DatabaseMigration) has shown to be irreversible; and one whose undo loses data is not taken back once
/// the new version has had traffic, unless -AllowDataLoss is given.</remarks>
/// <example><code>Undo-DatabaseMigration</code><para>Takes back every migration that this rollout has applied.</para></example>
/// <example><code>Undo-DatabaseMigration business -To 20260901090000</code><para>Goes back to a schema version.</para></example>
[Cmdlet(VerbsCommon.Undo, "DatabaseMigration", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(DatabaseMigrationResult))]
public sealed class UndoDatabaseMigration : ServiceDatabaseCmdlet
{
    private readonly List<PlanService> services = [];

    /// <summary>Services, by name or wildcard. Default: all services of the plan.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [ArgumentCompleter(typeof(ServiceNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Service { get; set; } = ["*"];

    /// <summary>Version to go back to: the newest one that stays. Default: the newest one before this rollout.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? To { get; set; }

    /// <summary>Takes back also what loses data that the new version may have written.</summary>
    [Parameter]
    public SwitchParameter AllowDataLoss { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => services.AddRange(FindServices(Service));

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var order = Current.Plan.Services.ToList();
        foreach (var service in services.DistinctBy(service => service.Name).OrderByDescending(order.IndexOf))
        {
            IReadOnlyList<string> versions = [];
            var isOpen = false;
            RunItem(service.Name, async (_, token) =>
            {
                var wanted = await VersionsAsync(service, token);
                UndoPolicy.Require(await Current.FindStateAsync(token), service.Name, wanted, AllowDataLoss);
                versions = wanted;
                isOpen = (await Current.FindStateAsync(token))?.OpenMigrations.ContainsKey(service.Name) == true;
            });
            if ((versions.Count > 0 || isOpen) && ShouldProcess($"database of service {service.Name}", versions.Count > 0 ? $"Take back {string.Join(", ", versions)}" : "End the migration that was interrupted"))
                RunItem(service.Name, (shell, token) => UndoAsync(service, versions, shell, token));
        }
    }

    private async Task<IReadOnlyList<string>> VersionsAsync(PlanService service, CancellationToken token)
    {
        if (To is null) return await MigrationHistory.StandingAsync(Current, await Current.StateAsync(token), service, Login, token);
        var applied = (await Current.World.Databases.ReadMigrationsAsync(service, Login, token)).Select(row => row.Version).ToList();
        if (!applied.Contains(To, StringComparer.Ordinal))
        {
            throw new RolloutException("MigrationVersionNotFound", RolloutErrorKind.NotFound, $"Version {To} is not in schema_migrations of service '{service.Name}'.",
                "List the versions with Get-DatabaseMigration.", service.Name);
        }

        return [.. applied.TakeWhile(version => version != To)];
    }

    private async Task UndoAsync(PlanService service, IReadOnlyList<string> versions, IShell shell, CancellationToken token)
    {
        var deployment = await FindLiveDeploymentAsync(service, token);
        using var progress = new CommandProgress(shell, $"Undoing migrations of {service.Name}");
        try
        {
            var request = new MigrationRequest { Service = service, Deployment = deployment, Credential = Login, OnLine = progress.Line };
            await MigrationHistory.SettleAsync(Current, request, token);
            // What an interrupted command still ran may have committed since.
            if (To is null) versions = await VersionsAsync(service, token);
            UndoPolicy.Require(await Current.FindStateAsync(token), service.Name, versions, AllowDataLoss);
            var result = await OutputRecorder.RunAsync(Current, service.Name, progress.Line, onLine => Current.World.Migrations.UndoAsync(request with { OnLine = onLine }, versions, token));
            await RecordAsync(result, token);
            shell.Write(result);
        }
        catch (MigrationFailedException exception)
        {
            await RecordAsync(exception.Result, token);
            throw;
        }
    }

    private async Task RecordAsync(DatabaseMigrationResult result, CancellationToken token)
    {
        if (result.Undone.Count > 0)
            await Current.RecordAsync(new MigrationsUndone(result.Service, result.Before ?? "", result.After ?? "", result.Undone), token);
    }
}
