namespace VisionRollout.Core.Plan.Reading;

/// <summary>The canary climbs, is looked at often enough, and fits into its phase.</summary>
internal static class CanaryRules
{
    /// <summary>Name of the phase that holds the canary's stages.</summary>
    public const string Phase = "Canary";

    /// <summary>Checks the canary.</summary>
    public static void Check(RolloutPlan plan, PlanLog log)
    {
        Ascends(plan.Canary.Stages, log);
        IsPolledWithinEachStage(plan.Canary, log);
        FitsPhase(plan, log);
    }

    private static void Ascends(IReadOnlyList<PlanStage> stages, PlanLog log)
    {
        for (var index = 1; index < stages.Count; index++)
        {
            var (before, here) = ($"Canary.Stages[{index - 1}].Weight", $"Canary.Stages[{index}].Weight");
            if (!log.AreSound(before, here) || stages[index].Weight > stages[index - 1].Weight) continue;
            log.Report(here, $"the stage has {stages[index].Percent}% after {stages[index - 1].Percent}%; the stages must ascend.",
                "Order them from the smallest weight to the largest.");
        }
    }

    private static void IsPolledWithinEachStage(PlanCanary canary, PlanLog log)
    {
        for (var index = 0; index < canary.Stages.Count; index++)
        {
            var path = $"Canary.Stages[{index}].Dwell";
            if (!log.AreSound("Canary.Poll", path) || canary.Stages[index].Dwell >= canary.Poll) continue;
            log.Report(path, $"the stage stays {PlanUnits.FormatDuration(canary.Stages[index].Dwell)}, shorter than the time between two readings ({PlanUnits.FormatDuration(canary.Poll)}).",
                "Lengthen Dwell or shorten Canary.Poll.");
        }
    }

    private static void FitsPhase(RolloutPlan plan, PlanLog log)
    {
        if (!log.AreSound("Canary.Stages", "Timeline") || plan.FindPhase(Phase) is not { } phase) return;
        var total = TimeSpan.FromTicks(plan.Canary.Stages.Sum(stage => stage.Dwell.Ticks));
        if (total <= phase.Duration) return;
        log.Report("Canary.Stages", $"the stages stay {PlanUnits.FormatDuration(total)} together, but the phase '{phase.Name}' has {PlanUnits.FormatDuration(phase.Duration)}.",
            "Shorten the stages or lengthen the phase.");
    }
}
