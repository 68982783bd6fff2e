using VisionRollout.Core.Evidence;
using VisionRollout.Core.Plan;
using VisionRollout.Core.State;

namespace VisionRollout.Core.Gates;

/// <summary>What a gate's deciders have said so far.</summary>
/// <param name="Verdict">Go: enough approvals hold. NoGo: somebody denied. Undecided: approvals are missing.</param>
/// <param name="Reason">One sentence.</param>
/// <param name="Missing">Roles whose approval is missing.</param>
public sealed record GateVote(Verdict Verdict, string Reason, IReadOnlyList<string> Missing)
{
    /// <summary>Counts the votes.</summary>
    /// <param name="gate">The plan's gate.</param>
    /// <param name="state">What the journal says of it.</param>
    /// <param name="planHash">The plan's hash: approvals of another plan don't count.</param>
    /// <param name="now">Now: approvals whose time has passed don't count.</param>
    public static GateVote Count(PlanGate gate, GateState state, string planHash, DateTimeOffset now)
    {
        if (state.Denial is { } denial) return new(Verdict.NoGo, $"denied by {denial.Role} ({denial.Identity}): {denial.Reason}", []);
        var approved = state.Approvals.Select(item => item.Approval)
            .Where(approval => approval.PlanHash == planHash && (approval.ValidUntil is null || approval.ValidUntil > now))
            .GroupBy(approval => approval.Role, StringComparer.OrdinalIgnoreCase)
            .ToDictionary(group => group.Key, group => group.Last().Identity, StringComparer.OrdinalIgnoreCase);
        var missing = gate.Deciders.Where(role => !approved.ContainsKey(role)).ToList();
        var enough = gate.RequireAll ? missing.Count == 0 : missing.Count < gate.Deciders.Count;
        if (enough) return new(Verdict.Go, $"approved by {string.Join(", ", approved.Select(pair => $"{pair.Key} ({pair.Value})"))}", []);
        return new(Verdict.Undecided, $"waiting for {string.Join(gate.RequireAll ? " and " : " or ", missing)}", missing);
    }
}
