using System.Management.Automation;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Evidence;
using VisionRollout.Core.Journal;
using VisionRollout.Core.Plan;
using VisionRollout.Core.State;
using VisionRollout.Core.Traffic;
using VisionRollout.Shell;

namespace VisionRollout;

/// <summary>Base of the cmdlets that begin a canary stage.</summary>
public abstract class CanaryStageCmdlet : SessionCmdlet
{
    /// <summary>Weight of the stage in per cent, one of the plan's. Default: the next one.</summary>
    [Parameter(Position = 0)]
    [ValidateRange(1, 99)]
    public int? Percent { get; set; }

    /// <summary>Goes on from where the route stands, although somebody else has written it.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Checks of your own, run when the stage before is looked at once more: name = script block that gives Go, NoGo or Undecided, $true or
    /// $false, or an object with Verdict and Reason. The stage begins only when all of them are Go.</summary>
    [Parameter]
    public System.Collections.IDictionary? Check { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var session = Current;
        RolloutState state = null!;
        PlanStage stage = null!;
        Run(async (_, token) =>
        {
            state = await session.StateAsync(token);
            stage = Choose(session.Plan.Canary, state);
        });
        if (!ShouldProcess($"{string.Join(", ", session.Environment.Routes.Select(route => $"{route.Kind} {route.Name}"))} in {session.Environment.Namespace}", $"Route {stage.Percent} % of the traffic to {state.Started.ToColour}")) return;
        Run(async (shell, token) => shell.Write(await BeginAsync(session, stage, Force, new CustomChecks(Check, session, shell), shell, token)));
    }

    /// <summary>Chooses the stage to begin.</summary>
    private protected abstract PlanStage Choose(PlanCanary canary, RolloutState state);

    /// <summary>The plan's stage of a weight.</summary>
    private protected static PlanStage Find(PlanCanary canary, int percent) => canary.Stages.FirstOrDefault(item => item.Percent == percent)
        ?? throw new RolloutException("StageNotFound", RolloutErrorKind.NotFound, $"The plan has no canary stage of {percent} %.", $"Its stages are: {string.Join(", ", canary.Stages.Select(item => $"{item.Percent} %"))}.", percent);

    private static async Task<CanaryStage> BeginAsync(RolloutSession session, PlanStage stage, bool force, CustomChecks checks, IShell shell, CancellationToken token)
    {
        await session.ThrowIfStoppedAsync(token);
        // The stage before was judged Go, perhaps long ago: when the runbook was interrupted, nobody has looked since.
        if (!force && (await session.StateAsync(token)).Stage?.Percent != stage.Percent && await CanaryVigil.OpenAsync(session, checks, shell, token) is { } vigil) await vigil.RequireAsync(token);
        var state = await session.StateAsync(token);
        var (from, to) = (state.Started.FromColour, state.Started.ToColour);
        var forecast = await RollbackWatch.RequireAsync(session, token);
        shell.Progress("Canary", $"{stage.Percent} % to {to}; way back {forecast}");
        var weights = new Dictionary<string, double> { [from] = 1 - stage.Weight, [to] = stage.Weight };
        var move = await session.Mover.MoveAsync(new TrafficTarget(weights, to, $"Canary {stage.Percent} %") { Own = force ? [] : OwnRoute.Of(state) }, entry => session.RecordAsync(entry, token), token);
        // A stage that a crash interrupted goes on, and one that was judged Go stays so: its dwell is not started again.
        if (state.Stage is not { } running || running.Percent != stage.Percent || state.StageEnd is { Verdict: not Verdict.Go })
        {
            running = new CanaryStageStarted(stage.Percent, await session.NowAsync(token) + stage.Dwell);
            await session.RecordAsync(running, token);
        }

        shell.Progress("Canary", "", done: true);
        return new() { Percent = stage.Percent, Colour = to, StartedAt = running.Until - stage.Dwell, Until = running.Until, ObservedShare = move.ObservedShare, Confirmation = move.Confirmation };
    }
}
