using System.Management.Automation;
using VisionRollout.Core.Plan;
using VisionRollout.Core.State;

namespace VisionRollout;

/// <summary>Begins the canary: routes the first stage's share of the traffic to the new colour, and requests with the canary header too.</summary>
/// <remarks>Every service must have all its pods ready in the new colour. The move is confirmed twice: the route is read back, and the share of
/// requests is observed. The dwell begins when the move is confirmed.</remarks>
/// <example><code>Start-Canary | Watch-Canary</code><para>Begins the canary and judges it until the stage's dwell is over.</para></example>
[Cmdlet(VerbsLifecycle.Start, "Canary", SupportsShouldProcess = true)]
[OutputType(typeof(CanaryStage))]
public sealed class StartCanary : CanaryStageCmdlet
{
    private protected override PlanStage Choose(PlanCanary canary, RolloutState state) => Percent is { } percent ? Find(canary, percent) : canary.Stages[0];
}
