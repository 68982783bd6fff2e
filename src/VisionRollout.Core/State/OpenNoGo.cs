using VisionRollout.Core.Evidence;

namespace VisionRollout.Core.State;

/// <summary>A NoGo that stands in the journal and that no contingency has answered, because whoever recorded it was killed before it could.</summary>
/// <param name="Trigger">Trigger of the risk matrix.</param>
/// <param name="Reason">What was wrong.</param>
/// <param name="Findings">The evidence; empty when the journal holds none.</param>
public sealed record OpenNoGo(string Trigger, string Reason, IReadOnlyList<Finding> Findings)
{
    /// <summary>Trigger of a decision (a denied gate, a deadline whose default is to roll back).</summary>
    public const string Decision = "decision";

    /// <summary>Finds it; null when there is none, when the rollout has ended, or when a contingency was started.</summary>
    public static OpenNoGo? Find(RolloutState state)
    {
        if (state is not { Completed: null, Stop: null, Undo: null, Contingency: null }) return null;
        return OfPhase(state) ?? OfStep(state) ?? OfStage(state) ?? OfGate(state);
    }

    /// <summary>The evidence of the step that failed last for a reason that the risk matrix may name; empty when there is none.</summary>
    public static IReadOnlyList<Finding> NewestEvidence(RolloutState state) => state.Steps.FindLast(step => step.Failure is { Trigger.Length: > 0 })?.Failure!.Findings ?? [];

    private static OpenNoGo? OfPhase(RolloutState state) =>
        state.Phases.FindLast(phase => phase is { Status: ActivityStatus.Failed, Trigger.Length: > 0 }) is { } phase ? new(phase.Trigger, phase.Error, NewestEvidence(state)) : null;

    private static OpenNoGo? OfStep(RolloutState state) =>
        state.Steps.FindLast(step => step is { Status: ActivityStatus.Failed, Failure.Trigger.Length: > 0 } && state.FindPhase(step.Phase) is { Status: ActivityStatus.Running }) is { Failure: { } failure }
            ? new(failure.Trigger, failure.Error, failure.Findings) : null;

    private static OpenNoGo? OfStage(RolloutState state) =>
        state.StageEnd is { Verdict: Verdict.NoGo, Trigger.Length: > 0 } end ? new(end.Trigger, $"Canary {end.Percent} %: {end.Reason.TrimEnd('.')}.", state.Sample?.Findings ?? []) : null;

    private static OpenNoGo? OfGate(RolloutState state)
    {
        if (state.Gates.Values.FirstOrDefault(item => item.Decision is { Verdict: Verdict.NoGo }) is not { Decision: { } made } gate) return null;
        var trigger = gate.Denial is not null ? Decision : made.Findings.FirstOrDefault(finding => finding.Verdict == Verdict.NoGo)?.Trigger ?? "";
        return trigger.Length == 0 ? null : new(trigger, $"Gate '{gate.Gate}' is NoGo: {made.Reason.TrimEnd('.')}.", made.Findings);
    }
}
