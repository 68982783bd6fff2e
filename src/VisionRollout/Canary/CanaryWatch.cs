using VisionRollout.Core.Canary;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Evidence;
using VisionRollout.Core.Journal;
using VisionRollout.Core.Plan;
using VisionRollout.Core.State;
using VisionRollout.Core.Traffic;
using VisionRollout.Shell;

namespace VisionRollout;

/// <summary>Watches one canary stage to its end.</summary>
internal sealed class CanaryWatch(RolloutSession session, CanaryStageStarted stage, bool writeSamples, CustomChecks checks, IShell shell)
{
    private readonly PlanCanary canary = session.Plan.Canary;
    private readonly string activity = $"Canary {stage.Percent} %";
    private CanaryLook look = null!;
    private IReadOnlyList<Finding> checkedLast = [];
    private int samples;
    private RollbackForecast? forecast;

    private CanarySample? Last => look.Last;

    /// <summary>The judge's verdict and those of the runbook's own checks.</summary>
    private Verdict Decision => Last is not { Verdict: Verdict.Go } ? Last?.Verdict ?? Verdict.Undecided : checkedLast.All(finding => finding.Verdict == Verdict.Go) ? Verdict.Go : Verdict.Undecided;

    private TimeSpan Dwell => canary.Stages.First(item => item.Percent == stage.Percent).Dwell;

    public async Task RunAsync(CancellationToken token)
    {
        var state = await session.StateAsync(token);
        if (state.StageEnd is { Verdict: Verdict.Go } done)
        {
            shell.Write(new CanaryResult(stage.Percent, done.Verdict, done.Reason, state.Sample, 0, state.LastAt));
            return;
        }

        look = await CanaryLook.BeginAsync(session, state, activity, shell, token);
        await WatchAsync(token);
        await EndAsync(token);
    }

    private async Task WatchAsync(CancellationToken token)
    {
        var deadline = stage.Until;
        var extended = false;
        while (true)
        {
            var now = await session.NowAsync(token);
            if (now >= deadline && samples > 0)
            {
                if (Decision == Verdict.Go || extended || canary.WhenUndecided != UndecidedAction.Extend) return;
                extended = true;
                deadline += canary.Extension;
                shell.Warn($"{activity} is undecided at the end of its dwell and is extended by {canary.Extension.TotalMinutes:0} min: {Last?.Reason}");
            }

            if (canary.EarlyGo && Decision == Verdict.Go && Last is { Regression: false } && now >= stage.Until - Dwell + canary.LeastDwell) return;

            // The last interval is the longer one: counters that had no time to be scraped would look as if they stood still.
            var next = now + canary.Poll;
            await session.WaitUntilAsync(now < deadline && next + canary.Poll > deadline ? deadline : next, shell, at => Show(at, deadline), token);
            await JudgeAsync(token);
        }
    }

    private async Task JudgeAsync(CancellationToken token)
    {
        samples++;
        await look.JudgeAsync(token);
        if (Last is not null)
        {
            if (writeSamples) shell.Write(Last);
            if (Last.Verdict == Verdict.NoGo) await FailAsync(Last.Reason, Last.Findings, token);
            if (Last.Regression) await RegressAsync(Last, token);
        }

        checkedLast = await checks.RunAsync(token);
        IReadOnlyList<Finding> guards = [.. await look.GuardAsync(token), .. checkedLast];
        if (guards.FirstOrDefault(finding => finding.Verdict == Verdict.NoGo) is { } bad)
            await FailAsync($"{bad.Criterion} ({bad.Subject}): {bad.Reason}", [.. guards.OrderByDescending(finding => finding.Verdict == Verdict.NoGo)], token);
        await RequireRouteAsync(token);
    }

    private async Task RequireRouteAsync(CancellationToken token)
    {
        try
        {
            forecast = await RollbackWatch.ForecastAsync(session, token);
            await OwnRoute.RequireAsync(session, token); // a share that somebody else has changed is not the stage that was asked for
            // Nothing is wrong with the new version: it holds until a way back would be quick enough again.
            if (!forecast.Fits(session.Plan.Rollback.Budget)) await RollbackWatch.RequireAsync(session, token);
        }
        catch (RolloutException cause) when (cause.Kind is RolloutErrorKind.Unavailable)
        {
            // The API server comes back; a watch that ended would leave the users alone with the new version meanwhile.
            shell.Warn($"{activity}: where traffic stands is not known now: {cause.Message}");
        }
    }

    private async Task RegressAsync(CanarySample sample, CancellationToken token)
    {
        if (canary.OnRegression == RegressionAction.Warn)
        {
            shell.Warn($"{activity}: the new version is worse, within the tolerance: {sample.Reason}");
            return;
        }

        var trigger = canary.OnRegression == RegressionAction.RollBack ? "error-rate" : "";
        await FailAsync($"the new version is worse: {sample.Reason}", sample.Findings, token, trigger);
    }

    private async Task EndAsync(CancellationToken token)
    {
        shell.Progress(activity, "", done: true);
        var verdict = Decision;
        var open = checkedLast.Where(finding => finding.Verdict == Verdict.Undecided).Select(finding => $"{finding.Criterion}: {finding.Reason}");
        var reason = Last is null ? "there was no data" : string.Join("; ", [Last.Reason, .. open]);
        await session.RecordAsync(new CanaryStageEnded(stage.Percent, verdict, reason), token);
        if (verdict == Verdict.Go)
        {
            shell.Write(new CanaryResult(stage.Percent, verdict, reason, Last, samples, await session.NowAsync(token)));
            return;
        }

        throw new RolloutException("CanaryUndecided", RolloutErrorKind.InvalidState, $"{activity} is undecided at the end of its dwell: {reason.TrimEnd('.')}.",
            "An undecided stage is never promoted. More traffic, a longer dwell or finer histogram edges decide it.", stage.Percent)
        {
            Trigger = canary.WhenUndecided == UndecidedAction.RollBack ? OpenNoGo.Decision : "",
            Findings = Last?.Findings ?? [],
        };
    }

    private async Task FailAsync(string reason, IReadOnlyList<Finding> findings, CancellationToken token, string? trigger = null)
    {
        shell.Progress(activity, "", done: true);
        trigger ??= findings.FirstOrDefault(finding => finding.Verdict == Verdict.NoGo)?.Trigger ?? "";
        await session.RecordOrKeepAsync(new CanaryStageEnded(stage.Percent, Verdict.NoGo, reason) { Trigger = trigger }, token);
        throw new RolloutException("CanaryNoGo", RolloutErrorKind.Failed, $"{activity}: {reason.TrimEnd('.')}.", "", stage.Percent)
        {
            Trigger = trigger,
            Findings = findings,
        };
    }

    private void Show(DateTimeOffset now, DateTimeOffset deadline)
    {
        var left = Math.Max(0, (deadline - now).TotalSeconds);
        var whole = Math.Max(1, (deadline - (stage.Until - Dwell)).TotalSeconds);
        var text = Last is null ? "reading the first counters"
            : $"{CanaryText.Of(Last)}, way back {forecast}";
        shell.Progress(activity, text, (int)Math.Clamp(100 * (1 - (left / whole)), 0, 100), (int)left);
    }
}
