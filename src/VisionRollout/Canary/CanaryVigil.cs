using VisionRollout.Core.Errors;
using VisionRollout.Core.Evidence;
using VisionRollout.Core.Plan;
using VisionRollout.Core.State;
using VisionRollout.Shell;

namespace VisionRollout;

/// <summary>Keeps judging the canary, with the guards on watch, after its last stage was judged Go and before all traffic is moved: while a gate
/// waits for people, and while a phase waits for its time.</summary>
internal sealed class CanaryVigil
{
    private readonly RolloutSession session;
    private readonly RolloutState state;
    private readonly IShell shell;
    private readonly CustomChecks? checks;
    private readonly string activity;
    private CanaryLook? look;

    private CanaryVigil(RolloutSession session, RolloutState state, CustomChecks? checks, IShell shell)
    {
        this.session = session;
        this.state = state;
        this.checks = checks;
        this.shell = shell;
        activity = $"Canary {state.Stage!.Percent} %";
    }

    /// <summary>The vigil; null when there is nothing to watch: no stage was judged Go, or traffic no longer stands at it.</summary>
    /// <param name="session">The session.</param>
    /// <param name="checks">The runbook's own checks, run at every look; null for none, and where whoever looks runs them.</param>
    /// <param name="shell">Told what is worth knowing.</param>
    /// <param name="token">Cancels.</param>
    public static async Task<CanaryVigil?> OpenAsync(RolloutSession session, CustomChecks? checks, IShell shell, CancellationToken token)
    {
        var state = await session.StateAsync(token);
        if (state is not { Stage: { } stage, StageEnd.Verdict: Verdict.Go, Traffic: { } traffic, Completed: null }) return null;
        var share = traffic.Weights.GetValueOrDefault(state.Started.ToColour);
        return Math.Abs(share - (stage.Percent / 100.0)) < 0.005 ? new CanaryVigil(session, state, checks, shell) : null;
    }

    /// <summary>Looks once and records the judgement; gives what stands against the canary: every NoGo, a check that is not Go, and that there is no fresh evidence.</summary>
    public async Task<IReadOnlyList<Finding>> LookAsync(CancellationToken token)
    {
        var against = new List<Finding>(Denials(await session.StateAsync(token), await session.NowAsync(token)));
        if (checks is not null) against.AddRange((await checks.RunAsync(token)).Where(finding => finding.Verdict != Verdict.Go));
        try
        {
            look ??= await CanaryLook.BeginAsync(session, state, activity, shell, token);
            if (!await look.JudgeAsync(token)) against.Add(await SilentAsync("the metric server does not answer", token));
        }
        catch (RolloutException cause) when (cause.Kind == RolloutErrorKind.Unavailable)
        {
            return [.. against, await SilentAsync(cause.Message, token)];
        }

        if (look.Last is { Regression: true, Verdict: not Verdict.NoGo } worse) against.AddRange(Regressed(worse));
        against.AddRange((look.Last?.Findings ?? []).Concat(await look.GuardAsync(token)).Where(finding => finding.Verdict == Verdict.NoGo));
        return against;
    }

    /// <summary>Gates that a decider has denied, also after they had been decided: one denial is enough.</summary>
    public static IEnumerable<Finding> Denials(RolloutState state, DateTimeOffset now) => state.Gates.Values.Where(gate => gate.Denial is not null).Select(gate => new Finding
    {
        Criterion = "GateDenied", Subject = gate.Gate, Verdict = Verdict.NoGo, Reason = $"denied by {gate.Denial!.Role} ({gate.Denial.Identity}): {gate.Denial.Reason}", Source = "journal", At = now, Trigger = OpenNoGo.Decision,
    });

    /// <summary>Looks at the plan's pace until a time, and at least once: whoever comes late has not looked for long.</summary>
    /// <exception cref="RolloutException">CanaryNoGo: the canary turned bad or a guard fired.</exception>
    public async Task WatchAsync(DateTimeOffset until, Action<DateTimeOffset> onSlice, CancellationToken token)
    {
        DateTimeOffset now;
        do
        {
            now = await session.NowAsync(token);
            var next = now + session.Plan.Canary.Poll;
            await session.WaitUntilAsync(next < until ? next : until, shell, onSlice, token);
            ThrowIfBad(await LookAsync(token));
            now = await session.NowAsync(token);
        }
        while (now < until);
    }

    /// <summary>Looks once; the canary must have nothing against it.</summary>
    /// <exception cref="RolloutException">CanaryNoGo: it turned bad or a guard fired. CanaryUndecided: it can't be judged now.</exception>
    public async Task RequireAsync(CancellationToken token)
    {
        var against = await LookAsync(token);
        ThrowIfBad(against);
        if (against is not [var open, ..]) return;
        throw new RolloutException("CanaryUndecided", RolloutErrorKind.InvalidState, $"{activity}: {open.Criterion} ({open.Subject}): {open.Reason.TrimEnd('.')}.",
            "Traffic stays as it is. Once the canary can be judged again, start the runbook again.", state.Stage!.Percent) { Findings = against };
    }

    private void ThrowIfBad(IReadOnlyList<Finding> against)
    {
        if (against.FirstOrDefault(finding => finding.Verdict == Verdict.NoGo) is not { } bad) return;
        throw new RolloutException("CanaryNoGo", RolloutErrorKind.Failed, $"{activity}: {bad.Criterion} ({bad.Subject}): {bad.Reason.TrimEnd('.')}.", "", state.Stage!.Percent) { Trigger = bad.Trigger, Findings = [bad] };
    }

    private async Task<Finding> SilentAsync(string why, CancellationToken token) => new()
    {
        Criterion = "FreshEvidence", Subject = state.Started.ToColour, Verdict = Verdict.Undecided, Reason = $"the canary can't be judged now: {why.TrimEnd('.')}", Source = "request counters of the mesh", At = await session.NowAsync(token),
    };

    // Proven worse, within the tolerance: what that means is the plan's to say.
    private IEnumerable<Finding> Regressed(Core.Canary.CanarySample sample)
    {
        if (session.Plan.Canary.OnRegression == RegressionAction.Warn) shell.Warn($"{activity}: the new version is worse, within the tolerance: {sample.Reason}");
        else
        {
            yield return new Finding
            {
                Criterion = "Regression", Subject = sample.Canary.Colour, Reason = $"the new version is worse: {sample.Reason}", Source = "request counters of the mesh", At = sample.At,
                Verdict = session.Plan.Canary.OnRegression == RegressionAction.RollBack ? Verdict.NoGo : Verdict.Undecided, Trigger = "error-rate",
            };
        }
    }
}
