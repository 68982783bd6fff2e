using VisionRollout.Core.Plan;

namespace VisionRollout.Plan;

/// <summary>Completes the names of the plan's phases.</summary>
public sealed class PhaseNameCompleter : PlanNameCompleter
{
    private protected override IEnumerable<string> Names(RolloutPlan plan) => plan.Timeline.Select(item => item.Name);
}
