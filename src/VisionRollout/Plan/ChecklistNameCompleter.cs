using VisionRollout.Core.Plan;

namespace VisionRollout.Plan;

/// <summary>Completes the names of the plan's checklists.</summary>
public sealed class ChecklistNameCompleter : PlanNameCompleter
{
    private protected override IEnumerable<string> Names(RolloutPlan plan) => plan.Checklists.Select(item => item.Name);
}
