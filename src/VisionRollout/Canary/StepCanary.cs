using System.Management.Automation;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Evidence;
using VisionRollout.Core.Plan;
using VisionRollout.Core.State;

namespace VisionRollout;

/// <summary>Takes the canary to its next stage, provided that the last one was judged Go.</summary>
/// <example><code>Step-Canary | Watch-Canary</code><para>Begins the next stage and judges it until its dwell is over.</para></example>
[Cmdlet(VerbsCommon.Step, "Canary", SupportsShouldProcess = true)]
[OutputType(typeof(CanaryStage))]
public sealed class StepCanary : CanaryStageCmdlet
{
    private protected override PlanStage Choose(PlanCanary canary, RolloutState state)
    {
        if (state.Stage is not { } last)
            throw new RolloutException("CanaryNotStarted", RolloutErrorKind.InvalidState, "The canary has not been started.", "Run Start-Canary first.");
        // The stage that was interrupted is the one to go on with.
        var wanted = Percent is { } percent ? Find(canary, percent)
            : state.StageEnd is null ? Find(canary, last.Percent)
            : canary.Stages.FirstOrDefault(item => item.Percent > last.Percent)
                ?? throw new RolloutException("CanaryAtLastStage", RolloutErrorKind.InvalidState, $"{last.Percent} % is the last stage.", "Go on with Test-RolloutGate and Switch-Traffic.");
        if (wanted.Percent > last.Percent && state.StageEnd is not { Verdict: Verdict.Go })
        {
            throw new RolloutException("StageNotGo", RolloutErrorKind.InvalidState, $"The stage of {last.Percent} % was not judged Go{(state.StageEnd is { } end ? $": {end.Reason}" : "")}.",
                "Run Watch-Canary until it is; an undecided stage is never promoted.", last.Percent);
        }

        return wanted;
    }
}
