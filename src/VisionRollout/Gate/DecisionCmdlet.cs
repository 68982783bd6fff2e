using System.Management.Automation;
using VisionRollout.Core.Errors;
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
    private protected string FindDecider(PlanGate gate) => gate.Deciders.FirstOrDefault(decider => string.Equals(decider, Role, StringComparison.OrdinalIgnoreCase))
        ?? throw new RolloutException("NotADecider", RolloutErrorKind.AccessDenied, $"'{Role}' does not decide the gate '{gate.Name}'.", $"Its deciders are: {string.Join(gate.RequireAll ? " + " : " or ", gate.Deciders)}.", Role);

    /// <summary>Who the caller is in the cluster; fails unless the plan names that identity for the role.</summary>
    private protected async Task<string> AuthenticateAsync(string role, CancellationToken token)
    {
        var identity = Context is { } context ? await Current.World.ReadIdentityAsync(context, token) : await Current.World.Objects.ReadIdentityAsync(token);
        var contacts = Current.Plan.Contacts.Where(contact => string.Equals(contact.Role, role, StringComparison.OrdinalIgnoreCase) && contact.Identity is not null).ToList();
        if (contacts.Any(contact => identity.Is(contact.Identity!))) return identity.User;
        if (contacts.Count == 0)
        {
            throw new RolloutException("IdentityUnknown", RolloutErrorKind.AccessDenied, $"The plan does not say who is {role} in the cluster, so nobody can decide in that role.",
                $"Add Identity to the contact of {role}: the user name in the cluster, or 'group:NAME'.", role);
        }

        throw new RolloutException("IdentityMismatch", RolloutErrorKind.AccessDenied, $"You are '{identity.User}' in the cluster; the plan's {role} is '{contacts[0].Identity}'.",
            $"Ask {contacts[0].Name} ({contacts[0].Email}) to decide, with their own credentials.", role);
    }
}
