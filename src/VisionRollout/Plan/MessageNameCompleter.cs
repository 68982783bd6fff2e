using VisionRollout.Core.Plan;

namespace VisionRollout.Plan;

/// <summary>Completes the names of the plan's messages.</summary>
public sealed class MessageNameCompleter : PlanNameCompleter
{
    private protected override IEnumerable<string> Names(RolloutPlan plan) => plan.Messages.Select(item => item.Name);
}
