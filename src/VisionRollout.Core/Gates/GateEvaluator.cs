using VisionRollout.Core.Checks;
using VisionRollout.Core.Evidence;
using VisionRollout.Core.Plan;
using VisionRollout.Core.State;

namespace VisionRollout.Core.Gates;

/// <summary>Evaluates the criteria of a gate from the journal and the running environment.</summary>
/// <param name="checks">Checks of the running environment.</param>
/// <param name="plan">The plan.</param>
public sealed class GateEvaluator(ClusterChecks checks, RolloutPlan plan)
{
    /// <summary>Checklist that stands for the business approval.</summary>
    public const string BusinessApproval = "Business approval";

    // A judgement is made at every poll; one that is older than a few of them says what was, not what is.
    private TimeSpan Freshness => plan.Canary.Poll * 4 > TimeSpan.FromMinutes(5) ? plan.Canary.Poll * 4 : TimeSpan.FromMinutes(5);

    /// <summary>Evaluates every criterion.</summary>
    /// <param name="gate">The gate.</param>
    /// <param name="state">The rollout.</param>
    /// <param name="now">Now (UTC).</param>
    /// <param name="token">Cancels.</param>
    public async Task<IReadOnlyList<Finding>> EvaluateAsync(PlanGate gate, RolloutState state, DateTimeOffset now, CancellationToken token)
    {
        var findings = new List<Finding>();
        foreach (var criterion in gate.Criteria)
        {
            findings.AddRange(criterion.Name switch
            {
                GateCriteria.ErrorRateDelta or GateCriteria.LatencyDelta => [Canary(criterion, state, now)],
                GateCriteria.CriticalAlerts => [await checks.AlertsAsync(criterion.Name, ["critical"], state.Started.KnownAlerts.ToHashSet(), token)],
                GateCriteria.Incidents => [await checks.AlertsAsync(criterion.Name, ["critical", "p1", "p2"], state.Started.KnownAlerts.ToHashSet(), token)],
                GateCriteria.HealthChecks => await HealthAsync(state.Started.ToColour, token),
                GateCriteria.ResourceUsage => await checks.ResourcesAsync([state.Started.FromColour, state.Started.ToColour], token),
                GateCriteria.CanaryStable => [Stable(criterion, state, now)],
                GateCriteria.BusinessApproval => [Business(state, now)],
                _ => [new Finding { Criterion = criterion.Name, Subject = "rollout", Verdict = Verdict.Undecided, Reason = $"'{criterion.Name}' is not known", At = now }],
            });
        }

        return findings;
    }

    private async Task<IReadOnlyList<Finding>> HealthAsync(string colour, CancellationToken token) =>
        [.. await checks.PodsReadyAsync(colour, token), .. await checks.HealthAsync(await checks.ReadHealthAsync(colour, token), token)];

    /// <summary>What the judge last said of the canary, held against the gate's own limit.</summary>
    private Finding Canary(PlanGateCriterion criterion, RolloutState state, DateTimeOffset now)
    {
        var finding = state.Sample?.Findings.FirstOrDefault(item => item.Criterion == criterion.Name);
        if (finding is null)
            return new() { Criterion = criterion.Name, Subject = state.Started.ToColour, Verdict = Verdict.Undecided, Reason = "the canary has not been judged (Watch-Canary)", Limit = criterion.Limit, At = now };
        if (now - state.Sample!.At > Freshness && finding.Verdict == Verdict.Go)
            return finding with { Verdict = Verdict.Undecided, Reason = $"judged {(now - state.Sample.At).TotalMinutes:0} min ago, and not since: {finding.Reason}" };
        // The canary was judged against the canary's limit; a gate with a tighter one needs an interval that lies below it.
        if (criterion.Limit is { } limit && finding.Limit is { } judged && limit < judged && finding.Verdict == Verdict.Go && !(finding.High < limit))
            return finding with { Verdict = Verdict.Undecided, Limit = limit, Reason = $"judged against {judged}, but the gate asks for {limit}: {finding.Reason}" };
        return finding;
    }

    private Finding Stable(PlanGateCriterion criterion, RolloutState state, DateTimeOffset now)
    {
        var last = plan.Canary.Stages[^1];
        var needed = TimeSpan.FromSeconds(criterion.Limit ?? last.Dwell.TotalSeconds);
        var finding = new Finding { Criterion = criterion.Name, Subject = state.Started.ToColour, Verdict = Verdict.Undecided, Reason = $"the canary has not reached {last.Percent} %", Limit = needed.TotalSeconds, Unit = "s", Source = "journal", At = now };
        if (state.Stage is not { } stage || state.StageAt is not { } since || stage.Percent < last.Percent) return finding;
        if (state.StageEnd is { Verdict: Verdict.NoGo } end) return finding with { Verdict = Verdict.NoGo, Reason = end.Reason, Trigger = "error-rate" };
        if (state.Sample is { Verdict: Verdict.NoGo } worse && worse.Percent == stage.Percent) return finding with { Verdict = Verdict.NoGo, Reason = worse.Reason, Trigger = worse.Findings.FirstOrDefault(item => item.Verdict == Verdict.NoGo)?.Trigger ?? "error-rate" };
        var stable = now - since;
        finding = finding with { Measured = stable.TotalSeconds, Window = stable };
        // Judged on since the stage ended: what was stable then is not stable when the newest judgement no longer says so.
        if (state is { StageEnd.Verdict: Verdict.Go, Sample: { Verdict: not Verdict.Go } newest } && newest.Percent == stage.Percent)
            return finding with { Reason = $"judged Go, but the newest judgement is {newest.Verdict}: {newest.Reason}" };
        return state.StageEnd is { Verdict: Verdict.Go } && stable >= needed
            ? finding with { Verdict = Verdict.Go, Reason = $"{stage.Percent} % since {since:HH:mm:ss} UTC ({stable.TotalMinutes:0} min), judged Go" }
            : finding with { Reason = $"{stage.Percent} % for {stable.TotalMinutes:0.#} of {needed.TotalMinutes:0} min, not judged Go yet" };
    }

    private Finding Business(RolloutState state, DateTimeOffset now)
    {
        var finding = new Finding { Criterion = GateCriteria.BusinessApproval, Subject = "rollout", Verdict = Verdict.Undecided, Reason = $"the plan has no checklist '{BusinessApproval}'", Source = "checklist", At = now };
        if (plan.Checklists.FirstOrDefault(list => string.Equals(list.Name, BusinessApproval, StringComparison.OrdinalIgnoreCase)) is not { } checklist) return finding;
        var open = checklist.Items.Where(item => !state.Confirmed.Contains($"{checklist.Name}/{item}")).ToList();
        return open.Count == 0
            ? finding with { Verdict = Verdict.Go, Reason = "confirmed", Measured = checklist.Items.Count, Limit = checklist.Items.Count, Unit = "count" }
            : finding with { Reason = $"not confirmed: {string.Join("; ", open)}", Measured = checklist.Items.Count - open.Count, Limit = checklist.Items.Count, Unit = "count" };
    }
}
