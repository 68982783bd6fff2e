using VisionRollout.Core.Errors;
using VisionRollout.Core.Evidence;
using VisionRollout.Core.Plan;
using VisionRollout.Core.State;
using VisionRollout.Shell;

namespace VisionRollout;

/// <summary>The last look before all traffic moves. The gates' decisions may be old by then, when the runbook was interrupted and started again.</summary>
internal static class CutoverCheck
{
    // A pod that was moved to another node, or that the autoscaler has just made, is ready by then.
    private const int Looks = 4;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(15);

    /// <summary>Fails when a decider has denied a gate.</summary>
    /// <exception cref="RolloutException">CutoverNoGo.</exception>
    public static void ThrowIfDenied(RolloutState state, string colour, DateTimeOffset now)
    {
        if (CanaryVigil.Denials(state, now).FirstOrDefault() is not { } denial) return;
        throw new RolloutException("CutoverNoGo", RolloutErrorKind.Failed, $"All traffic was about to move to {colour}, but gate '{denial.Subject}' was {denial.Reason.TrimEnd('.')}.", "", colour) { Trigger = denial.Trigger, Findings = [denial] };
    }

    /// <summary>Judges the canary on fresh counters, looks at the guards runs the runbook's own checks and evaluates the criteria of every gate again; nothing else may stand against the move.</summary>
    /// <exception cref="RolloutException">CutoverNoGo with the trigger of what broke, or CutoverUndecided.</exception>
    public static async Task RequireAsync(RolloutSession session, string colour, CustomChecks checks, IShell shell, CancellationToken token)
    {
        ThrowIfDenied(await session.StateAsync(token), colour, await session.NowAsync(token));
        // A move that a crash interrupted after its write is only confirmed.
        if ((await session.World.Router.ReadAsync(token)).Weights.GetValueOrDefault(colour) >= 1) return;
        var vigil = await CanaryVigil.OpenAsync(session, null, shell, token);
        var against = await LookAsync(session, vigil, checks, token);
        for (var looks = 1; looks < Looks && against.Count > 0 && against.All(SteadyPods.MayPass); looks++)
        {
            await session.WaitUntilAsync(await session.NowAsync(token) + Pause, shell, null, token);
            against = await LookAsync(session, vigil, checks, token);
        }

        if (against is not [var first, ..]) return;
        var what = $"{first.Criterion} ({first.Subject}): {first.Reason.TrimEnd('.')}";
        if (first.Verdict == Verdict.NoGo)
            throw new RolloutException("CutoverNoGo", RolloutErrorKind.Failed, $"All traffic was about to move to {colour}, but the last look says NoGo. {what}.", "", colour) { Trigger = first.Trigger, Findings = against };
        throw new RolloutException("CutoverUndecided", RolloutErrorKind.InvalidState, $"Nothing shows any more that all traffic may move to {colour}. {what}.",
            "Once that is shown, start the runbook again; -Force moves all traffic without it.", colour) { Findings = against };
    }

    // What stands against the move, NoGo first.
    private static async Task<List<Finding>> LookAsync(RolloutSession session, CanaryVigil? vigil, CustomChecks checks, CancellationToken token)
    {
        List<Finding> findings = [.. vigil is null ? [] : await vigil.LookAsync(token), .. await checks.RunAsync(token)];
        var state = await session.StateAsync(token);
        var reader = new GateReader(session, pods: null);
        foreach (var gate in session.Plan.Gates) findings.AddRange((await reader.ReadAsync(gate, state, [], token)).Result.Findings);
        return [.. findings.Where(finding => finding.Verdict != Verdict.Go).OrderByDescending(finding => finding.Verdict == Verdict.NoGo)];
    }
}
