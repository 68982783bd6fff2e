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
/// <remarks>Without -Wait the answer is written, whatever it is, and nothing is recorded. With -Wait the gate is open until it is decided: while
/// people think, the canary is judged on with fresh counters, the guards (alerts, pods, resources, availability) stay on watch, and the criteria
/// are evaluated again and again. A NoGo among them closes the gate and ends the wait; evidence that became worse than an approval has seen it
/// lets that approval expire. The plan's message of the gate tells the deciders when it opens, and again when approvals have expired. A Go is
/// written; a NoGo carries out the plan's contingency through the phase it runs in; an open gate at its deadline does what the plan says (hold, or
/// roll back), never promote.</remarks>
/// <example><code>Test-RolloutGate Canary</code><para>Shows where the canary gate stands.</para></example>
/// <example><code>Test-RolloutGate Cutover -Wait</code><para>Waits for the decision on the cutover.</para></example>
[Cmdlet(VerbsDiagnostic.Test, "RolloutGate")]
[OutputType(typeof(GateResult))]
public sealed class TestRolloutGate : GateCmdlet
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(30);
    private readonly SteadyPods pods = new();
    private CanaryVigil? vigil;
    private LiveVigil? live;

    /// <summary>Opens the gate and waits for the decision, until the plan's deadline.</summary>
    [Parameter]
    public SwitchParameter Wait { get; set; }

    /// <summary>Checks of your own, run at every look: name = script block that gives Go, NoGo or Undecided, $true or $false, or an object with
    /// Verdict and Reason. They count like criteria of the plan.</summary>
    [Parameter]
    public System.Collections.IDictionary? Check { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Run(async (shell, token) =>
    {
        var gate = FindGate();
        if (Wait) await DecideAsync(gate, shell, token);
        else shell.Write((await new GateReader(Current, pods).ReadAsync(gate, await Current.StateAsync(token), await new CustomChecks(Check, Current, shell).RunAsync(token), token)).Result);
    });

    private async Task DecideAsync(PlanGate gate, IShell shell, CancellationToken token)
    {
        var state = await Current.StateAsync(token);
        if (state.FindGate(gate.Name).Decision is { Verdict: Verdict.Go } made)
        {
            shell.Write(new GateResult { Gate = gate.Name, Verdict = made.Verdict, Reason = made.Reason, Criteria = Verdict.Go, Deciders = Verdict.Go, Findings = made.Findings, Decided = true, At = state.LastAt });
            return;
        }

        vigil = await CanaryVigil.OpenAsync(Current, null, shell, token);
        live = await LiveVigil.OpenAsync(Current, null, shell, token);
        var result = await WaitAsync(gate, shell, token);
        var decision = new GateDecided(gate.Name, result.Verdict, result.Reason, result.Findings);
        await (result.Verdict == Verdict.Go ? Current.RecordAsync(decision, token) : Current.RecordOrKeepAsync(decision, token));
        shell.Progress($"Gate {gate.Name}", "", done: true);
        if (result.Verdict == Verdict.Go) shell.Write(result with { Decided = true });
        else throw NotGo(gate, result);
    }

    private async Task<GateResult> WaitAsync(PlanGate gate, IShell shell, CancellationToken token)
    {
        var result = await LookAsync(gate, shell, token);
        var deadline = await OpenAsync(gate, await Current.StateAsync(token), result, token);
        var extended = false;
        var notice = new GateNotice(Current, gate, shell);
        while (result.Verdict == Verdict.Undecided)
        {
            if (result.At >= deadline)
            {
                if (extended || gate.WhenUndecided != UndecidedAction.Extend) break;
                extended = true;
                deadline = result.At + gate.Deadline;
                shell.Warn($"Gate '{gate.Name}' is undecided at its deadline and waits {gate.Deadline.TotalMinutes:0.#} min longer, once: {result.Reason}");
            }

            await notice.SendAsync(result, token);
            shell.Progress($"Gate {gate.Name}", result.Reason, secondsLeft: Math.Max(0, (int)(deadline - result.At).TotalSeconds));
            var next = result.At + Poll;
            await Current.WaitUntilAsync(next < deadline ? next : deadline, shell, null, token);
            result = await LookAgainAsync(gate, result, shell, token);
        }

        return result;
    }

    // What can't be reached for a moment comes back; a wait that ended would leave the users alone with the new version meanwhile.
    private async Task<GateResult> LookAgainAsync(PlanGate gate, GateResult last, IShell shell, CancellationToken token)
    {
        try
        {
            return await LookAsync(gate, shell, token);
        }
        catch (RolloutException cause) when (cause.Kind is RolloutErrorKind.Unavailable)
        {
            shell.Warn($"Gate '{gate.Name}' can't be looked at now: {cause.Message}");
            return last with { At = await Current.NowAsync(token) };
        }
    }

    /// <summary>Judges the canary on fresh counters, looks at the guards, and evaluates the gate on that; approvals that no longer rest on what
    /// their deciders saw expire first.</summary>
    private async Task<GateResult> LookAsync(PlanGate gate, IShell shell, CancellationToken token)
    {
        IReadOnlyList<Finding> watched = [.. vigil is null ? [] : await vigil.LookAsync(token), .. live is null ? [] : await live.LookAsync(token), .. await new CustomChecks(Check, Current, shell).RunAsync(token)];
        var state = await Current.StateAsync(token);
        var reader = new GateReader(Current, pods);
        var reading = await reader.ReadAsync(gate, state, watched, token);
        if (Expiry(gate, state.FindGate(gate.Name), reading) is not { } expired) return reading.Result;
        await Current.RecordOrKeepAsync(expired, token);
        shell.Warn($"Approvals of gate '{gate.Name}' have expired: {expired.Reason}");
        return (await reader.ReadAsync(gate, await Current.StateAsync(token), watched, token)).Result;
    }

    private ApprovalsExpired? Expiry(PlanGate gate, GateState state, GateReading reading)
    {
        if (state.Approvals.Count == 0) return null;
        if (reading.Result.Findings.FirstOrDefault(finding => finding.Verdict == Verdict.NoGo) is { } bad)
            return new(gate.Name, $"{bad.Criterion} ({bad.Subject}): {bad.Reason}", All: reading.Result.Criteria == Verdict.NoGo);
        var approvals = state.Approvals.Select(item => item.Approval).ToList();
        if (approvals.Select(approval => approval.Seen?.Change(reading.Result.Findings, reading.Traffic)).FirstOrDefault(change => change is not null) is { } change)
            return new(gate.Name, change, All: false);
        var valid = GateVote.Valid(state, Current.Plan.Hash, reading.Result.At).ToHashSet();
        if (approvals.FirstOrDefault(approval => !valid.Contains(approval)) is not { } lapsed) return null;
        var why = lapsed.PlanHash == Current.Plan.Hash ? $"the approval of {lapsed.Role} held until {lapsed.ValidUntil:HH:mm} UTC" : $"the plan has changed since {lapsed.Role} approved";
        return new(gate.Name, why, All: false) { PlanHash = Current.Plan.Hash };
    }

    /// <summary>Opens the gate; one that a crash left open keeps its deadline.</summary>
    private async Task<DateTimeOffset> OpenAsync(PlanGate gate, RolloutState state, GateResult result, CancellationToken token)
    {
        if (state.FindGate(gate.Name) is { Opened: { } open, Decision: null }) return open.Deadline;
        var deadline = result.At + gate.Deadline;
        await Current.RecordOrKeepAsync(new GateOpened(gate.Name, result.Criteria, result.Findings, deadline), token);
        return deadline;
    }

    private static RolloutException NotGo(PlanGate gate, GateResult result)
    {
        var decision = result.Deciders == Verdict.NoGo || (result.Verdict == Verdict.Undecided && gate.WhenUndecided == UndecidedAction.RollBack);
        var evidence = result.Findings.FirstOrDefault(finding => finding.Verdict == Verdict.NoGo)?.Trigger ?? "";
        return new("GateNotGo", RolloutErrorKind.Failed, $"Gate '{gate.Name}' is {result.Verdict}: {result.Reason.TrimEnd('.')}.",
            result.Verdict == Verdict.Undecided ? $"Get the missing approvals or evidence, then start the runbook again. Deciders: {string.Join(gate.RequireAll ? " + " : " or ", gate.Deciders)}." : "", gate.Name)
        {
            Trigger = decision ? OpenNoGo.Decision : evidence,
            Findings = result.Findings,
        };
    }
}
