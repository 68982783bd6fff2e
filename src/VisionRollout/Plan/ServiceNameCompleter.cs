using VisionRollout.Core.Plan;

namespace VisionRollout.Plan;

/// <summary>Completes the names of the plan's services.</summary>
public sealed class ServiceNameCompleter : PlanNameCompleter
{
    private protected override IEnumerable<string> Names(RolloutPlan plan) => plan.Services.Select(item => item.Name);
}
