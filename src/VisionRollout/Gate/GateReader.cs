using VisionRollout.Core.Evidence;
using VisionRollout.Core.Gates;
using VisionRollout.Core.Plan;
using VisionRollout.Core.State;
using VisionRollout.Core.Traffic;

namespace VisionRollout;

/// <summary>Reads where a gate stands: its criteria, the traffic, and what its deciders have said.</summary>
/// <param name="session">The session.</param>
/// <param name="pods">Remembers the pods of earlier looks; null: every finding counts as it is.</param>
internal sealed class GateReader(RolloutSession session, SteadyPods? pods)
{
    /// <summary>Reads the gate.</summary>
    /// <param name="gate">The gate.</param>
    /// <param name="state">The rollout.</param>
    /// <param name="watched">What whoever watches the canary meanwhile found against it, and what the runbook's own checks say.</param>
    /// <param name="token">Cancels.</param>
    public async Task<GateReading> ReadAsync(PlanGate gate, RolloutState state, IReadOnlyList<Finding> watched, CancellationToken token)
    {
        var now = await session.NowAsync(token);
        var route = await session.World.Router.ReadAsync(token);
        var evaluated = await new GateEvaluator(session.Checks, session.Plan).EvaluateAsync(gate, state, now, token);
        List<Finding> findings = [.. pods?.Judge(evaluated) ?? evaluated];
        if (Moved(state, route, now) is { } moved) findings.Add(moved);
        findings.AddRange(watched.Where(finding => !findings.Any(known => known.Criterion == finding.Criterion && known.Subject == finding.Subject && SaysAsMuch(known.Verdict, finding.Verdict))));
        var criteria = Verdicts.All(findings);
        var vote = GateVote.Count(gate, state.FindGate(gate.Name), session.Plan.Hash, now);
        var verdict = criteria == Verdict.NoGo || vote.Verdict == Verdict.NoGo ? Verdict.NoGo : criteria == Verdict.Go && vote.Verdict == Verdict.Go ? Verdict.Go : Verdict.Undecided;
        var result = new GateResult { Gate = gate.Name, Verdict = verdict, Reason = Summarise(findings, criteria, vote), Criteria = criteria, Deciders = vote.Verdict, Missing = vote.Missing, Expired = state.FindGate(gate.Name).Expired, Findings = findings, At = now };
        var traffic = RolloutInfo.Weights(route.Weights);
        return new(result, SeenEvidence.Of(findings, traffic), traffic);
    }

    // What is known already and at least as bad need not be said twice.
    private static bool SaysAsMuch(Verdict known, Verdict other) => known == other || known == Verdict.NoGo || other == Verdict.Go;

    private static string Summarise(IReadOnlyList<Finding> findings, Verdict criteria, GateVote vote)
    {
        var against = findings.Where(finding => finding.Verdict != Verdict.Go).Select(finding => $"{finding.Criterion} ({finding.Subject}): {finding.Reason}").ToList();
        var evidence = criteria == Verdict.Go ? "every criterion is met" : string.Join("; ", against);
        return $"{evidence}; {vote.Reason}";
    }

    /// <summary>Evidence of the journal counts only while traffic stands where the journal has put it; null when it does.</summary>
    private static Finding? Moved(RolloutState state, TrafficRoute route, DateTimeOffset now)
    {
        if (state.Traffic is not { } recorded) return null;
        if ((route.Parts.Count > 0 ? route.Parts : [route]).All(part => recorded.Weights.All(pair => Math.Abs(part.Weights.GetValueOrDefault(pair.Key) - pair.Value) < 0.005))) return null;
        return new Finding
        {
            Criterion = "TrafficAsRecorded", Subject = "rollout", Verdict = Verdict.Undecided, Source = $"{route.Kind} {route.Name}", At = now, Trigger = "traffic",
            Reason = $"the route stands at {RolloutInfo.Weights(route.Weights)}, the rollout had put it at {RolloutInfo.Weights(recorded.Weights)} (writers: {string.Join(", ", route.Managers)})",
        };
    }
}
