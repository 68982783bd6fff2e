using VisionRollout.Core.Plan;

namespace VisionRollout.Plan;

/// <summary>Completes the names of the plan's gates.</summary>
public sealed class GateNameCompleter : PlanNameCompleter
{
    private protected override IEnumerable<string> Names(RolloutPlan plan) => plan.Gates.Select(item => item.Name);
}
