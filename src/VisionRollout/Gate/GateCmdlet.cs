using System.Management.Automation;
using VisionRollout.Core.Plan;
using VisionRollout.Plan;
using VisionRollout.Shell;

namespace VisionRollout;

/// <summary>Base of the cmdlets that work on one gate.</summary>
public abstract class GateCmdlet : SessionCmdlet
{
    /// <summary>Name of the gate in the plan.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("Gate")]
    [ArgumentCompleter(typeof(GateNameCompleter))]
    public string Name { get; set; } = "";

    /// <summary>The plan's gate of that name.</summary>
    private protected PlanGate FindGate() => Current.Plan.GetGate(Name);
}
