using System.Management.Automation;
using VisionRollout.Core.Databases;
using VisionRollout.Plan;
using VisionRollout.Shell;

namespace VisionRollout.Database;

/// <summary>Gets the newest schema versions of services from their table schema_migrations, newest first.</summary>
/// <example><code>Get-RolloutService | Get-DatabaseMigration -Last 1</code><para>Shows the schema version of every service.</para></example>
[Cmdlet(VerbsCommon.Get, "DatabaseMigration")]
[OutputType(typeof(AppliedMigration))]
public sealed class GetDatabaseMigration : ServiceDatabaseCmdlet
{
    /// <summary>Services, by name or wildcard. Default: all services of the plan.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [ArgumentCompleter(typeof(ServiceNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Service { get; set; } = ["*"];

    /// <summary>How many versions of each service.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int Last { get; set; } = 5;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var service in FindServices(Service))
        {
            RunItem(service.Name, async (shell, token) =>
            {
                foreach (var row in (await Current.World.Databases.ReadMigrationsAsync(service, Login, token)).Take(Last)) shell.Write(row);
            });
        }
    }
}
