namespace VisionRollout.Core.Plan.Reading;

/// <summary>What must hold between the values of a plan. A rule keeps silent about values that are broken already.</summary>
internal static class PlanRules
{
    /// <summary>Checks every rule.</summary>
    public static void Check(RolloutPlan plan, PlanLog log)
    {
        UniqueNames.Check(plan, log);
        RouteRules.Check(plan, log);
        TimelineRules.Check(plan, log);
        CanaryRules.Check(plan, log);
        DecisionRules.Check(plan, log);
        MessageRules.Check(plan, log);
    }
}
