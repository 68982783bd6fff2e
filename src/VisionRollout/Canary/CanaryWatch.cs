using VisionRollout.Core.Canary;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Evidence;
using VisionRollout.Core.Journal;
using VisionRollout.Core.Metrics;
using VisionRollout.Core.Plan;
using VisionRollout.Core.State;
using VisionRollout.Shell;

namespace VisionRollout;

/// <summary>Watches one canary stage to its end.</summary>
internal sealed class CanaryWatch(RolloutSession session, CanaryStageStarted stage, bool writeSamples, IShell shell)
{
    private readonly PlanCanary canary = session.Plan.Canary;
    private readonly string activity = $"Canary {stage.Percent} %";
    private CanarySample? last;
    private int samples;

    public async Task RunAsync(CancellationToken token)
    {
        var state = await session.StateAsync(token);
        if (state.StageEnd is { Verdict: Verdict.Go } done)
        {
            shell.Write(new CanaryResult(stage.Percent, done.Verdict, done.Reason, state.Sample, 0, state.LastAt));
            return;
        }

        var earlier = (await (await session.FindJournalAsync(token))!.ReadAsync(token)).Select(record => record.Entry).OfType<CanarySampled>().Select(entry => entry.Sample);
        var judge = CreateJudge(state, earlier);
        // The counters as they stood when the stage began: the metric server keeps them, so that a restart loses no evidence.
        judge.Add(await ReadAsync(state.StageAt ?? state.LastAt, token));
        await WatchAsync(judge, state, token);
        await EndAsync(token);
    }

    private async Task WatchAsync(CanaryJudge judge, RolloutState state, CancellationToken token)
    {
        var deadline = stage.Until;
        var extended = false;
        while (true)
        {
            var now = await session.NowAsync(token);
            if (now >= deadline && samples > 0)
            {
                if (last?.Verdict == Verdict.Go || extended || canary.WhenUndecided != UndecidedAction.Extend) return;
                extended = true;
                deadline += canary.Extension;
                shell.Warn($"{activity} is undecided at the end of its dwell and is extended by {canary.Extension.TotalMinutes:0} min: {last?.Reason}");
            }

            // The last interval is the longer one: counters that had no time to be scraped would look as if they stood still.
            var next = now + canary.Poll;
            await session.WaitUntilAsync(now < deadline && next + canary.Poll > deadline ? deadline : next, at => Show(at, deadline), token);
            await JudgeAsync(judge, state, token);
        }
    }

    private CanaryJudge CreateJudge(RolloutState state, IEnumerable<CanarySample> earlier)
    {
        var (from, to) = (state.Started.FromColour, state.Started.ToColour);
        return new CanaryJudge(canary, stage.Percent, new CanaryArm(to, Deployments(to)), new CanaryArm(from, Deployments(from)), earlier);
    }

    private HashSet<string> Deployments(string colour) => [.. session.Plan.Services.Select(service => service.Deployments[colour])];

    private Task<MetricReading> ReadAsync(DateTimeOffset at, CancellationToken token) =>
        session.World.Metrics.ReadAsync([.. session.Plan.Services.SelectMany(service => service.Deployments.Values)], at, token);

    private async Task JudgeAsync(CanaryJudge judge, RolloutState state, CancellationToken token)
    {
        samples++;
        try
        {
            last = judge.Add(await ReadAsync(await session.NowAsync(token), token));
        }
        catch (RolloutException cause) when (cause.Kind == RolloutErrorKind.Unavailable)
        {
            // No data is never good data: the stage stays undecided as long as the metric server is silent.
            last = last is null ? null : last with { Verdict = Verdict.Undecided, Reason = cause.Message };
            shell.Warn($"{activity}: {cause.Message}");
        }

        if (last is not null)
        {
            await session.RecordAsync(new CanarySampled(last), token);
            if (writeSamples) shell.Write(last);
            if (last.Verdict == Verdict.NoGo) await FailAsync(last.Reason, last.Findings, token);
            if (last.Regression) await RegressAsync(last, token);
        }

        await GuardAsync(state, token);
    }

    private async Task GuardAsync(RolloutState state, CancellationToken token)
    {
        List<Finding> findings =
        [
            .. await session.Checks.PodsReadyAsync(state.Started.ToColour, token),
            .. await session.Checks.ResourcesAsync([state.Started.FromColour, state.Started.ToColour], token),
            // Last: what says more precisely what is wrong chooses the contingency.
            await session.Checks.AlertsAsync("CriticalAlerts", ["critical"], [.. state.Started.KnownAlerts], token),
        ];
        if (findings.FirstOrDefault(finding => finding.Verdict == Verdict.NoGo) is { } bad)
            await FailAsync($"{bad.Criterion} ({bad.Subject}): {bad.Reason}", [.. findings.OrderByDescending(finding => finding.Verdict == Verdict.NoGo)], token);
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
        var verdict = last?.Verdict ?? Verdict.Undecided;
        var reason = last?.Reason ?? "there was no data";
        await session.RecordAsync(new CanaryStageEnded(stage.Percent, verdict, reason), token);
        if (verdict == Verdict.Go)
        {
            shell.Write(new CanaryResult(stage.Percent, verdict, reason, last, samples, await session.NowAsync(token)));
            return;
        }

        throw new RolloutException("CanaryUndecided", RolloutErrorKind.InvalidState, $"{activity} is undecided at the end of its dwell: {reason.TrimEnd('.')}.",
            "An undecided stage is never promoted. More traffic, a longer dwell or finer histogram edges decide it.", stage.Percent)
        {
            Trigger = canary.WhenUndecided == UndecidedAction.RollBack ? Contingency.Decision : "",
            Findings = last?.Findings ?? [],
        };
    }

    private async Task FailAsync(string reason, IReadOnlyList<Finding> findings, CancellationToken token, string? trigger = null)
    {
        shell.Progress(activity, "", done: true);
        await session.RecordAsync(new CanaryStageEnded(stage.Percent, Verdict.NoGo, reason), token);
        throw new RolloutException("CanaryNoGo", RolloutErrorKind.Failed, $"{activity}: {reason.TrimEnd('.')}.", "", stage.Percent)
        {
            Trigger = trigger ?? findings.FirstOrDefault(finding => finding.Verdict == Verdict.NoGo)?.Trigger ?? "",
            Findings = findings,
        };
    }

    private void Show(DateTimeOffset now, DateTimeOffset deadline)
    {
        var left = Math.Max(0, (deadline - now).TotalSeconds);
        var dwell = canary.Stages.First(item => item.Percent == stage.Percent).Dwell;
        var whole = Math.Max(1, (deadline - (stage.Until - dwell)).TotalSeconds);
        var text = last is null ? "reading the first counters"
            : $"{last.Verdict}: errors {Rate(last.Canary)} against {Rate(last.Baseline)}, P99 {last.Canary.P99:0.#} against {last.Baseline.P99:0.#} ms, {last.Canary.Requests:N0} canary requests";
        shell.Progress(activity, text, (int)Math.Clamp(100 * (1 - (left / whole)), 0, 100), (int)left);
    }

    private static string Rate(ColourSample colour) => colour.ErrorRate is { } rate ? $"{rate:P3} [{colour.ErrorRateLow:P3}, {colour.ErrorRateHigh:P3}]" : "unknown";
}
