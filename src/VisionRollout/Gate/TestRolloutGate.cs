using System.Management.Automation;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Evidence;
using VisionRollout.Core.Gates;
using VisionRollout.Core.Journal;
using VisionRollout.Core.Plan;
using VisionRollout.Core.State;
using VisionRollout.Shell;

namespace VisionRollout;

/// <summary>Evaluates a gate: its criteria and what its deciders have said. With -Wait, opens it and waits for the decision.</summary>
/// <remarks>Without -Wait the answer is written, whatever it is, and nothing is recorded. With -Wait the gate is open until it is decided: its
/// criteria are evaluated again and again while people think, and a criterion that turns NoGo closes it. A Go is written; a NoGo carries out the
/// plan's contingency through the phase it runs in; an open gate at its deadline does what the plan says (hold, or roll back), never promote.</remarks>
/// <example><code>Test-RolloutGate Canary</code><para>Shows where the canary gate stands.</para></example>
/// <example><code>Test-RolloutGate Cutover -Wait</code><para>Waits for the decision on the cutover.</para></example>
[Cmdlet(VerbsDiagnostic.Test, "RolloutGate")]
[OutputType(typeof(GateResult))]
public sealed class TestRolloutGate : GateCmdlet
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(30);

    /// <summary>Opens the gate and waits for the decision, until the plan's deadline.</summary>
    [Parameter]
    public SwitchParameter Wait { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Run(async (shell, token) =>
    {
        var gate = FindGate();
        if (Wait) await DecideAsync(gate, shell, token);
        else shell.Write(await EvaluateAsync(gate, await Current.StateAsync(token), token));
    });

    private static string Summarise(IReadOnlyList<Finding> findings, Verdict criteria, GateVote vote)
    {
        var against = findings.Where(finding => finding.Verdict != Verdict.Go).Select(finding => $"{finding.Criterion} ({finding.Subject}): {finding.Reason}").ToList();
        var evidence = criteria == Verdict.Go ? "every criterion is met" : string.Join("; ", against);
        return $"{evidence}; {vote.Reason}";
    }

    private async Task<GateResult> EvaluateAsync(PlanGate gate, RolloutState state, CancellationToken token)
    {
        var now = await Current.NowAsync(token);
        var findings = await new GateEvaluator(Current.Checks, Current.Plan).EvaluateAsync(gate, state, now, token);
        if (await TrafficFindingAsync(state, now, token) is { } moved) findings = findings.Append(moved).ToArray();
        var criteria = Verdicts.All(findings);
        var vote = GateVote.Count(gate, state.FindGate(gate.Name), Current.Plan.Hash, now);
        var verdict = criteria == Verdict.NoGo || vote.Verdict == Verdict.NoGo ? Verdict.NoGo : criteria == Verdict.Go && vote.Verdict == Verdict.Go ? Verdict.Go : Verdict.Undecided;
        return new() { Gate = gate.Name, Verdict = verdict, Reason = Summarise(findings, criteria, vote), Criteria = criteria, Deciders = vote.Verdict, Missing = vote.Missing, Findings = findings, At = now };
    }

    /// <summary>Evidence of the journal counts only while traffic stands where the journal has put it; null when it does.</summary>
    private async Task<Finding?> TrafficFindingAsync(RolloutState state, DateTimeOffset now, CancellationToken token)
    {
        if (state.Traffic is not { } recorded) return null;
        var route = await Current.World.Router.ReadAsync(token);
        if (recorded.Weights.All(pair => Math.Abs(route.Weights.GetValueOrDefault(pair.Key) - pair.Value) < 0.005)) return null;
        return new Finding
        {
            Criterion = "TrafficAsRecorded", Subject = "rollout", Verdict = Verdict.Undecided, Source = $"{route.Kind} {route.Name}", At = now, Trigger = "traffic",
            Reason = $"the route stands at {RolloutInfo.Weights(route.Weights)}, the rollout had put it at {RolloutInfo.Weights(recorded.Weights)} (writers: {string.Join(", ", route.Managers)})",
        };
    }

    private async Task DecideAsync(PlanGate gate, IShell shell, CancellationToken token)
    {
        var state = await Current.StateAsync(token);
        if (state.FindGate(gate.Name).Decision is { Verdict: Verdict.Go } made)
        {
            shell.Write(new GateResult { Gate = gate.Name, Verdict = made.Verdict, Reason = made.Reason, Criteria = Verdict.Go, Deciders = Verdict.Go, Findings = made.Findings, Decided = true, At = state.LastAt });
            return;
        }

        var result = await WaitAsync(gate, shell, token);
        await Current.RecordAsync(new GateDecided(gate.Name, result.Verdict, result.Reason, result.Findings), token);
        shell.Progress($"Gate {gate.Name}", "", done: true);
        if (result.Verdict == Verdict.Go) shell.Write(result with { Decided = true });
        else throw NotGo(gate, result);
    }

    private async Task<GateResult> WaitAsync(PlanGate gate, IShell shell, CancellationToken token)
    {
        var state = await Current.StateAsync(token);
        var result = await EvaluateAsync(gate, state, token);
        var deadline = await OpenAsync(gate, state, result, token);
        var extended = false;
        while (result.Verdict == Verdict.Undecided)
        {
            if (result.At >= deadline)
            {
                if (extended || gate.WhenUndecided != UndecidedAction.Extend) break;
                extended = true;
                deadline = result.At + gate.Deadline;
                shell.Warn($"Gate '{gate.Name}' is undecided at its deadline and waits {gate.Deadline.TotalMinutes:0.#} min longer, once: {result.Reason}");
            }

            shell.Progress($"Gate {gate.Name}", result.Reason, secondsLeft: Math.Max(0, (int)(deadline - result.At).TotalSeconds));
            var next = result.At + Poll;
            await Current.WaitUntilAsync(next < deadline ? next : deadline, null, token);
            result = await EvaluateAsync(gate, await Current.StateAsync(token), token);
        }

        return result;
    }

    /// <summary>Opens the gate; one that a crash left open keeps its deadline.</summary>
    private async Task<DateTimeOffset> OpenAsync(PlanGate gate, RolloutState state, GateResult result, CancellationToken token)
    {
        if (state.FindGate(gate.Name) is { Opened: { } open, Decision: null }) return open.Deadline;
        var deadline = result.At + gate.Deadline;
        await Current.RecordAsync(new GateOpened(gate.Name, result.Criteria, result.Findings, deadline), token);
        return deadline;
    }

    private static RolloutException NotGo(PlanGate gate, GateResult result)
    {
        var decision = result.Deciders == Verdict.NoGo || (result.Verdict == Verdict.Undecided && gate.WhenUndecided == UndecidedAction.RollBack);
        var evidence = result.Findings.FirstOrDefault(finding => finding.Verdict == Verdict.NoGo)?.Trigger ?? "";
        return new("GateNotGo", RolloutErrorKind.Failed, $"Gate '{gate.Name}' is {result.Verdict}: {result.Reason.TrimEnd('.')}.",
            result.Verdict == Verdict.Undecided ? $"Get the missing approvals or evidence, then start the runbook again. Deciders: {string.Join(gate.RequireAll ? " + " : " or ", gate.Deciders)}." : "", gate.Name)
        {
            Trigger = decision ? Contingency.Decision : evidence,
            Findings = result.Findings,
        };
    }
}
