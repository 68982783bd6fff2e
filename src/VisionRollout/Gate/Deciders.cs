using VisionRollout.Core.Errors;
using VisionRollout.Core.Plan;

namespace VisionRollout;

/// <summary>Who decides, and whether the caller is that person.</summary>
internal static class Deciders
{
    /// <summary>The gate's decider of that role, in the plan's spelling.</summary>
    /// <exception cref="RolloutException">NotADecider.</exception>
    public static string Find(PlanGate gate, string role) => gate.Deciders.FirstOrDefault(decider => string.Equals(decider, role, StringComparison.OrdinalIgnoreCase))
        ?? throw new RolloutException("NotADecider", RolloutErrorKind.AccessDenied, $"'{role}' does not decide the gate '{gate.Name}'.", $"Its deciders are: {string.Join(gate.RequireAll ? " + " : " or ", gate.Deciders)}.", role);

    /// <summary>Who the caller is in the cluster.</summary>
    /// <param name="session">The session.</param>
    /// <param name="role">Role in which the caller decides.</param>
    /// <param name="context">Context of the kubeconfig with whose credentials to decide; null for the session's.</param>
    /// <param name="token">Cancels.</param>
    /// <exception cref="RolloutException">IdentityUnknown or IdentityMismatch: the plan does not name that identity for the role.</exception>
    public static async Task<string> AuthenticateAsync(RolloutSession session, string role, string? context, CancellationToken token)
    {
        var identity = context is not null ? await session.World.ReadIdentityAsync(context, token) : await session.World.Objects.ReadIdentityAsync(token);
        var contacts = session.Plan.Contacts.Where(contact => string.Equals(contact.Role, role, StringComparison.OrdinalIgnoreCase) && contact.Identity is not null).ToList();
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
