using System.Management.Automation;
using VisionRollout.Core.Plan;

namespace VisionRollout;

/// <summary>Base of the cmdlets by which a decider speaks.</summary>
public abstract class DecisionCmdlet : GateCmdlet
{
    /// <summary>Role in which the caller decides.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(RoleCompleter))]
    public string Role { get; set; } = "";

    /// <summary>Context of the kubeconfig with whose credentials to decide. Default: those of the session.</summary>
    [Parameter]
    public string? Context { get; set; }

    /// <summary>The gate's decider of that role, in the plan's spelling.</summary>
    private protected string FindDecider(PlanGate gate) => Deciders.Find(gate, Role);

    /// <summary>Who the caller is in the cluster; fails unless the plan names that identity for the role.</summary>
    private protected Task<string> AuthenticateAsync(string role, CancellationToken token) => Deciders.AuthenticateAsync(Current, role, Context, token);
}
