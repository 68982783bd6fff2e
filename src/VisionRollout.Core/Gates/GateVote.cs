using VisionRollout.Core.Evidence;
using VisionRollout.Core.Journal;
using VisionRollout.Core.Plan;
using VisionRollout.Core.State;

namespace VisionRollout.Core.Gates;

/// <summary>What a gate's deciders have said so far.</summary>
/// <param name="Verdict">Go: enough approvals hold. NoGo: somebody denied. Undecided: approvals are missing.</param>
/// <param name="Reason">One sentence.</param>
/// <param name="Missing">Roles whose approval is missing.</param>
public sealed record GateVote(Verdict Verdict, string Reason, IReadOnlyList<string> Missing)
{
    /// <summary>Counts the votes. Where all must approve, each role needs a person of its own: who holds two roles decides in one of them.</summary>
    /// <param name="gate">The plan's gate.</param>
    /// <param name="state">What the journal says of it.</param>
    /// <param name="planHash">The plan's hash: approvals of another plan don't count.</param>
    /// <param name="now">Now: approvals whose time has passed don't count.</param>
    public static GateVote Count(PlanGate gate, GateState state, string planHash, DateTimeOffset now)
    {
        if (state.Denial is { } denial) return new(Verdict.NoGo, $"denied by {denial.Role} ({denial.Identity}): {denial.Reason}", []);
        var valid = Valid(state, planHash, now).ToLookup(approval => approval.Role, approval => approval.Identity, StringComparer.OrdinalIgnoreCase);
        var people = gate.RequireAll ? OnePersonEach(gate.Deciders, valid) : gate.Deciders.Where(valid.Contains).ToDictionary(role => role, role => valid[role].Last());
        var missing = gate.Deciders.Where(role => !people.ContainsKey(role)).ToList();
        if (gate.RequireAll ? missing.Count == 0 : people.Count > 0)
            return new(Verdict.Go, $"approved by {string.Join(", ", people.Select(pair => $"{pair.Key} ({pair.Value})"))}", []);
        var twice = missing.Where(valid.Contains).Select(role => $"; {valid[role].Last()} decides in one role only, {role} takes somebody else");
        var expired = state.Expired.Length > 0 ? $"; earlier approvals have expired: {state.Expired}" : "";
        return new(Verdict.Undecided, $"waiting for {string.Join(gate.RequireAll ? " and " : " or ", missing)}{string.Concat(twice)}{expired}", missing);
    }

    /// <summary>The approvals that hold.</summary>
    /// <param name="state">What the journal says of the gate.</param>
    /// <param name="planHash">The plan's hash.</param>
    /// <param name="now">Now.</param>
    public static IEnumerable<GateApproved> Valid(GateState state, string planHash, DateTimeOffset now) => state.Approvals.Select(item => item.Approval)
        .Where(approval => approval.PlanHash == planHash && (approval.ValidUntil is null || approval.ValidUntil > now));

    /// <summary>Gives as many roles as possible an approval of a person who stands for no other role (augmenting paths; Kuhn 1955).</summary>
    private static Dictionary<string, string> OnePersonEach(IReadOnlyList<string> roles, ILookup<string, string> approvals)
    {
        var roleOf = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var role in roles) Place(role, []);
        return roles.Where(roleOf.ContainsValue).ToDictionary(role => role, role => roleOf.First(pair => pair.Value == role).Key, StringComparer.OrdinalIgnoreCase);

        bool Place(string role, HashSet<string> tried)
        {
            foreach (var person in approvals[role].Where(tried.Add))
            {
                if (roleOf.TryGetValue(person, out var other) && !Place(other, tried)) continue;
                roleOf[person] = role;
                return true;
            }

            return false;
        }
    }
}
