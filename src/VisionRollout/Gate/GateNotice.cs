using VisionRollout.Core.Evidence;
using VisionRollout.Core.Plan;
using VisionRollout.Shell;

namespace VisionRollout;

/// <summary>Tells a gate's deciders that it waits for them: when it opens, and again each time approvals have expired.</summary>
internal sealed class GateNotice(RolloutSession session, PlanGate gate, IShell shell)
{
    private int told = -1;

    /// <summary>Sends the plan's message when there is something new to tell, and somebody is waited for. What the journal shows as sent
    /// before a restart is not sent again.</summary>
    public async Task SendAsync(GateResult result, CancellationToken token)
    {
        var expiries = (await session.StateAsync(token)).FindGate(gate.Name).Expiries;
        IReadOnlyList<string> missing = [.. result.Missing, .. result.Findings.Where(IsForPeople).Select(finding => $"{finding.Criterion} ({finding.Reason})")];
        if (gate.Message is null || missing.Count == 0 || expiries <= told) return;
        told = expiries;
        var again = expiries > 0 ? $"; earlier approvals have expired: {result.Expired}" : "";
        await new MessageDelivery(session)
        {
            Occasion = expiries == 0 ? gate.Name : $"{gate.Name} {expiries}",
            Reason = $"gate {gate.Name}, {string.Join(", ", missing)}{again}",
        }.SendAsync(session.Plan.GetMessage(gate.Message), shell, token);
    }

    private static bool IsForPeople(Finding finding) => finding is { Criterion: GateCriteria.BusinessApproval, Verdict: Verdict.Undecided };
}
