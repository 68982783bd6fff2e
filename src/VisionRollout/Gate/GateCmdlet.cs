using System.Management.Automation;
using VisionRollout.Core.Errors;
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

    /// <summary>The gate's decider of that role, in the plan's spelling.</summary>
    private protected static string FindDecider(PlanGate gate, string role) => gate.Deciders.FirstOrDefault(decider => string.Equals(decider, role, StringComparison.OrdinalIgnoreCase))
        ?? throw new RolloutException("NotADecider", RolloutErrorKind.AccessDenied, $"'{role}' does not decide the gate '{gate.Name}'.", $"Its deciders are: {string.Join(gate.RequireAll ? " + " : " or ", gate.Deciders)}.", role);

    /// <summary>Who the caller is in the cluster; fails when the plan names somebody else for the role.</summary>
    private protected static async Task<string> AuthenticateAsync(RolloutSession session, string role, CancellationToken token)
    {
        var identity = await session.World.Objects.WhoAmIAsync(token);
        var contacts = session.Plan.Contacts.Where(contact => string.Equals(contact.Role, role, StringComparison.OrdinalIgnoreCase) && contact.Identity is not null).ToList();
        if (contacts.Count == 0 || contacts.Any(contact => contact.Identity == identity)) return identity;
        throw new RolloutException("IdentityMismatch", RolloutErrorKind.AccessDenied, $"You are '{identity}' in the cluster; the plan's {role} is '{contacts[0].Identity}'.",
            $"Ask {contacts[0].Name} ({contacts[0].Email}) to decide, with their own credentials.", role);
    }
}
