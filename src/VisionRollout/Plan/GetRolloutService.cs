using System.Management.Automation;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Plan;
using VisionRollout.Shell;

namespace VisionRollout.Plan;

/// <summary>
/// <para type="synopsis">Gets the services of the plan.</para>
/// <para type="description">Emits the services in the order in which they are rolled out. A wildcard that matches nothing gives nothing; a name that does not exist is an error.</para>
/// <example><code>Get-RolloutService | Backup-ServiceDatabase</code></example>
/// </summary>
[Cmdlet(VerbsCommon.Get, "RolloutService")]
[OutputType(typeof(RolloutService))]
public sealed class GetRolloutService : SessionCmdlet
{
    /// <summary>Names or wildcards. Default: all services.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Service")]
    [ArgumentCompleter(typeof(ServiceNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = ["*"];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var name in Name) Write(Current.Plan, name);
    }

    private void Write(RolloutPlan plan, string name)
    {
        if (WildcardPattern.ContainsWildcardCharacters(name))
        {
            var pattern = WildcardPattern.Get(name, WildcardOptions.IgnoreCase);
            foreach (var service in plan.Services.Where(service => pattern.IsMatch(service.Name))) WriteObject(new RolloutService(service));
        }
        else if (plan.FindService(name) is { } service)
        {
            WriteObject(new RolloutService(service));
        }
        else
        {
            WriteError(ErrorRecords.From(PlanLookup.NotFound(plan, "Service", name, plan.Services.Select(item => item.Name))));
        }
    }
}
