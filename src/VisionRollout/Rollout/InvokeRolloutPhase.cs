using System.Management.Automation;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Evidence;
using VisionRollout.Core.Journal;
using VisionRollout.Core.Leases;
using VisionRollout.Core.Plan;
using VisionRollout.Core.State;
using VisionRollout.Plan;
using VisionRollout.Shell;

namespace VisionRollout;

/// <summary>Runs a phase of the plan's timeline: waits for its planned start, journals it, skips it when it is done, and carries out the
/// plan's contingency when it fails.</summary>
/// <remarks>A phase starts when every phase before it in the timeline is done (else error id PhaseOutOfOrder). A failure whose trigger stands in the risk matrix makes that risk real: its contingency is carried out and the rollout ends on the
/// old version (error id RolloutRolledBack). Any other failure holds the rollout as it stands (error id RolloutHeld): start the runbook again
/// to go on, or take the rollout back with Undo-Rollout. Inside a phase $ErrorActionPreference is Stop: the first error ends it.</remarks>
/// <example><code>Invoke-RolloutPhase Database { Invoke-RolloutStep 'Back up' { Get-RolloutService | Backup-ServiceDatabase } }</code><para>Runs the database phase at its planned time.</para></example>
[Cmdlet(VerbsLifecycle.Invoke, "RolloutPhase")]
[OutputType(typeof(object))]
public sealed class InvokeRolloutPhase : SessionCmdlet
{
    private static readonly TimeSpan UndoLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>Name of the phase in the plan's timeline.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ArgumentCompleter(typeof(PhaseNameCompleter))]
    public string Name { get; set; } = "";

    /// <summary>The phase's steps.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    public ScriptBlock ScriptBlock { get; set; } = null!;

    /// <summary>Starts at once instead of waiting for the planned time.</summary>
    [Parameter]
    public SwitchParameter NoWait { get; set; }

    /// <summary>Checks of your own, run at every look while the phase waits for its time and the new version has traffic: name = script block that gives
    /// Go, NoGo or Undecided, $true or $false, or an object with Verdict and Reason. A NoGo is a failure of the phase.</summary>
    [Parameter]
    public System.Collections.IDictionary? Check { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var session = Current;
        PlanPhase? phase = null;
        Run((_, _) =>
        {
            phase = session.Plan.GetPhase(Name);
            return Task.CompletedTask;
        });
        if (IsWhatIf) InvokeStreaming();
        else if (Prepare(session, phase!)) RunBlock(session, phase!);
    }

    /// <summary>Waits for the planned start and records the start; false when the phase is done already.</summary>
    private bool Prepare(RolloutSession session, PlanPhase phase)
    {
        var run = true;
        Failure? fired = null;
        DateTimeOffset now = default;
        Run(async (shell, token) =>
        {
            var state = await session.StateAsync(token);
            await FinishContingencyAsync(session, state, shell, token);
            await AnswerAsync(session, state, shell, token);
            try
            {
                await session.ThrowIfStoppedAsync(token);
            }
            catch (RolloutException cause) when (EndsTheWait(cause))
            {
                fired = Failure.From(ErrorRecords.From(cause));
                return;
            }

            if (state.FindPhase(phase.Name) is { Status: ActivityStatus.Completed } done)
            {
                shell.Verbose($"Phase '{phase.Name}' was completed at {done.EndedAt:u}.");
                run = false;
                return;
            }

            ThrowIfOutOfOrder(session, state, phase);
            var planned = PlannedStart(state, phase);
            try
            {
                if (!NoWait) await WaitAsync(session, phase, planned, shell, token);
            }
            catch (RolloutException cause) when (EndsTheWait(cause))
            {
                fired = Failure.From(ErrorRecords.From(cause));
                return;
            }

            await session.RecordAsync(new PhaseStarted(phase.Name, planned, planned + phase.Duration), token);
            now = await session.NowAsync(token);
        });
        // The version turned bad, or somebody stopped the rollout, while everybody waited: that is a failure of the phase that waited.
        if (fired is not null) Fail(session, phase, fired);
        if (run) Say($"{now:HH:mm:ss}  {phase.Name} ({phase.Start:HH:mm}, {phase.Activities})");
        return run;
    }

    private static bool EndsTheWait(RolloutException cause) => cause is RolloutStoppedException or LeaseLostException || cause.Id is "CanaryNoGo" or "LiveNoGo" or "RolloutEnded";

    // What a phase relies on was done by the phases before it: no cutover while the canary is held.
    private static void ThrowIfOutOfOrder(RolloutSession session, RolloutState state, PlanPhase phase)
    {
        foreach (var earlier in session.Plan.Timeline.TakeWhile(item => item != phase))
        {
            var found = state.FindPhase(earlier.Name);
            if (found is { Status: ActivityStatus.Completed }) continue;
            throw new RolloutException("PhaseOutOfOrder", RolloutErrorKind.InvalidState,
                $"Phase '{phase.Name}' can't start: phase '{earlier.Name}' {(found is null ? "was not started" : $"is {(found.Status is ActivityStatus.Failed ? "held" : "not finished")}")}{(found is { Error.Length: > 0 } ? $" ({found.Error.TrimEnd('.')})" : "")}.",
                "The phases follow the plan's timeline: start the runbook again, it goes on where it stopped.", phase.Name);
        }
    }

    private static DateTimeOffset PlannedStart(RolloutState state, PlanPhase phase) => new(state.Started.Day.ToDateTime(phase.Start), TimeSpan.Zero);

    private async Task WaitAsync(RolloutSession session, PlanPhase phase, DateTimeOffset planned, IShell shell, CancellationToken token)
    {
        var activity = $"Waiting for {phase.Name}";
        void Show(DateTimeOffset now) => shell.Progress(activity, $"starts at {planned:HH:mm} UTC, now {now:HH:mm:ss}", secondsLeft: Math.Max(0, (int)(planned - now).TotalSeconds));
        var checks = new CustomChecks(Check, session, shell);
        if (await CanaryVigil.OpenAsync(session, checks, shell, token) is { } vigil) await vigil.WatchAsync(planned, Show, token);
        if (await LiveVigil.OpenAsync(session, checks, shell, token) is { } live) await live.WatchAsync(planned, Show, token);
        await session.WaitUntilAsync(planned, shell, Show, token);
        shell.Progress(activity, "", done: true);
    }

    private static async Task FinishContingencyAsync(RolloutSession session, RolloutState state, IShell shell, CancellationToken token)
    {
        if (state.Contingency is not { } open || state.Completed is not null || Contingency.FindByName(session.Plan, open.Risk) is not { } risk) return;
        shell.Warn($"The contingency '{open.Contingency}' was interrupted: it is carried out again.");
        await EndAsync(session, risk, open.Trigger, open.Cause, OpenNoGo.NewestEvidence(state), shell, token);
    }

    private static async Task AnswerAsync(RolloutSession session, RolloutState state, IShell shell, CancellationToken token)
    {
        if (OpenNoGo.Find(state) is not { } open || await FindRiskAsync(session, open.Trigger, token) is not { } risk) return;
        shell.Warn($"A NoGo was recorded, and whoever recorded it was interrupted before it could act on it: {open.Reason}");
        await EndAsync(session, risk, open.Trigger, open.Reason, open.Findings, shell, token);
    }

    /// <summary>The row of the risk matrix. Nobody may be watching: users are not left on a version with a NoGo because no row names its kind.</summary>
    private static async Task<PlanRisk?> FindRiskAsync(RolloutSession session, string trigger, CancellationToken token) =>
        Contingency.Find(session.Plan, trigger) ?? (trigger.Length > 0 && await NewVersionServesAsync(session, token) ? Contingency.Unforeseen : null);

    private static async Task EndAsync(RolloutSession session, PlanRisk risk, string trigger, string cause, IReadOnlyList<Finding> findings, IShell shell, CancellationToken token)
    {
        if (await new Contingency(session, shell, token).RunAsync(risk, trigger, cause, findings))
        {
            throw new RolloutException("RolloutRolledBack", RolloutErrorKind.Failed, $"The rollout was rolled back. {risk.Name}: {cause}", $"The contingency '{risk.Contingency}' was carried out; the old version serves everything.", risk.Name) { Trigger = trigger, Findings = findings };
        }

        throw new RolloutException("ContingencyFailed", RolloutErrorKind.Failed, $"{risk.Name}: {cause} The contingency '{risk.Contingency}' could not be carried out completely.",
            "Get-Traffic shows where traffic is; Stop-Rollout -Emergency puts it back.", risk.Name) { Trigger = trigger, Findings = findings };
    }

    private void RunBlock(RolloutSession session, PlanPhase phase)
    {
        session.Phase = phase.Name;
        try
        {
            InvokeStreaming();
            Run((_, token) => session.RecordAsync(new PhaseCompleted(phase.Name), token));
        }
        catch (RuntimeException exception) when (exception is not PipelineStoppedException)
        {
            session.Phase = null;
            Fail(session, phase, Failure.From(exception));
        }
        finally
        {
            session.Phase = null;
        }
    }

    // A steppable pipeline writes each object of the block as it comes, unlike InvokeScript, which collects them. It takes its command from a
    // variable of the caller's scope, evaluated when it is made; the variable is gone before the block runs.
    private void InvokeStreaming()
    {
        const string name = "__VisionRolloutPhase";
        SessionState.PSVariable.Set(new PSVariable(name, ScriptBlock, ScopedItemOptions.Private));
        // A failed step must end the phase, whatever the caller's preference: with Continue the next step would run.
        using var pipeline = ScriptBlock.Create($"& {{ $ErrorActionPreference = 'Stop'; & $args[0] }} ${name}").GetSteppablePipeline(CommandOrigin.Internal);
        SessionState.PSVariable.Remove(name);
        pipeline.Begin(this);
        pipeline.Process();
        pipeline.End();
    }

    private static async Task<bool> NewVersionServesAsync(RolloutSession session, CancellationToken token)
    {
        var route = await session.World.Router.ReadForWayBackAsync(token);
        // What can't be read may serve it.
        return route.Parts.Any(part => part.Failure is not null) || route.Weights.GetValueOrDefault((await session.StateAsync(token)).Started.ToColour) > 0;
    }

    // Waits for a while, so that what is told afterwards is how it ended.
    private static async Task FollowUndoAsync(RolloutSession session, PlanPhase phase, RollbackRequested undo, IShell shell, CancellationToken token)
    {
        await ComeBackAsync(session, undo.Reason, undo.Force, state => state.Undo is null, shell, token);
        await FollowAsync(session, state => state.Undo is null, token);
        if (await session.StateAsync(token) is not { Undo: null, Completed: null }) return;
        var refused = $"{undo.Identity} asked to take the rollout back ({undo.Reason.TrimEnd('.')}), and that was refused: nothing was moved.";
        await session.Lease.ForgetLostAsync(token);
        await session.RecordOrKeepAsync(new PhaseFailed(phase.Name, refused, ""), token);
        throw new RolloutException("RolloutHeld", RolloutErrorKind.InvalidState, $"{refused} The rollout is held.",
            "Get-Rollout and Get-Traffic show where it stands. Start the runbook again to go on, or take the rollout back with Undo-Rollout.", undo.Identity);
    }

    /// <summary>Puts traffic back, and where that fails waits for whoever asked for it. Whoever has taken the lease for it may have died then: it is asked for once more.</summary>
    private static async Task ComeBackAsync(RolloutSession session, string reason, bool force, Func<RolloutState, bool> hasEnded, IShell shell, CancellationToken token)
    {
        if (await TryMoveBackAsync(session, reason, force, shell.Verbose, token)) return;
        await FollowAsync(session, hasEnded, token);
        if (hasEnded(await session.StateAsync(token))) return;
        await session.Lease.ForgetLostAsync(token);
        await TryMoveBackAsync(session, reason, force, shell.Warn, token);
    }

    private static async Task FollowAsync(RolloutSession session, Func<RolloutState, bool> hasEnded, CancellationToken token)
    {
        for (var since = TimeProvider.System.GetTimestamp(); !hasEnded(await session.StateAsync(token)) && TimeProvider.System.GetElapsedTime(since) < UndoLimit;)
            await Task.Delay(LookInterval, token);
    }

    private void Fail(RolloutSession session, PlanPhase phase, Failure failure)
    {
        Run(async (shell, token) =>
        {
            // It goes on elsewhere: what it comes to is not told here.
            if (failure.Cause is LeaseLostException lost)
            {
                // Also when whoever went on with it has ended it, or this phase, and given the lease back.
                var state = await session.StateAsync(token);
                if (state.Completed is not null || state.FindPhase(phase.Name) is { Status: ActivityStatus.Completed } || await session.Lease.IsElsewhereAsync(token)) throw lost;
                await session.Lease.ForgetLostAsync(token);
            }

            if (failure.Cause is RolloutStoppedException stopped)
            {
                // The stopping shell moves the traffic too. This one may have been about to move it the other way, so it does not rely on that.
                await ComeBackAsync(session, stopped.Message, (await session.StateAsync(token)).Stop is { Force: true }, state => state.HasComeBack, shell, token);
                throw stopped;
            }

            // Somebody took the rollout back meanwhile: it did not fail here. Whoever it was may not have come to the traffic yet.
            if (failure.Cause is { Id: "RolloutEnded" } ended)
            {
                if ((await session.StateAsync(token)).Undo is { } undo) await FollowUndoAsync(session, phase, undo, shell, token);
                throw ended;
            }

            await session.RecordOrKeepAsync(new PhaseFailed(phase.Name, failure.Message, failure.Trigger), token);
            if (await FindRiskAsync(session, failure.Trigger, token) is { } risk)
                await EndAsync(session, risk, failure.Trigger, failure.Message, failure.Cause?.Findings ?? [], shell, token);
            throw new RolloutException("RolloutHeld", RolloutErrorKind.InvalidState, $"Phase '{phase.Name}' is held: {failure.Message}",
                "Traffic stays as it is. Start the runbook again to go on, or take the rollout back with Undo-Rollout.", phase.Name, failure.Record.Exception);
        });
    }

    private static async Task<bool> TryMoveBackAsync(RolloutSession session, string reason, bool force, Action<string> tell, CancellationToken token)
    {
        try
        {
            await WayBack.MoveTrafficAsync(session, reason, token, force);
            return true;
        }
        catch (RolloutException cause)
        {
            tell($"Traffic was not moved back from here: {cause.Message}");
            return false;
        }
    }
}
