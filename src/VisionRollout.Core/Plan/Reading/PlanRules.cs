namespace VisionRollout.Core.Plan.Reading;

/// <summary>What must hold between the values of a plan. A rule keeps silent about values that are broken already.</summary>
internal static class PlanRules
{
    /// <summary>Checks every rule.</summary>
    public static void Check(RolloutPlan plan, PlanLog log)
    {
        ColoursDiffer(plan, log);
        UniqueNames.Check(plan, log);
        TimelineRules.Check(plan, log);
        CanaryRules.Check(plan, log);
        DecisionRules.Check(plan, log);
        MessageRules.Check(plan, log);
    }

    private static void ColoursDiffer(RolloutPlan plan, PlanLog log)
    {
        if (!log.IsSound("Colours.Names")) return;
        if (string.Equals(plan.Colours.Names[0], plan.Colours.Names[1], StringComparison.OrdinalIgnoreCase))
            log.Report("Colours.Names", "both colours have the same name.", "Name two, e.g. Names = 'green', 'blue'.");
    }
}
