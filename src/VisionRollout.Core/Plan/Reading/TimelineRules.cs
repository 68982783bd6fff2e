namespace VisionRollout.Core.Plan.Reading;

/// <summary>The timeline is a chain: each phase begins where the one before ends, and the whole fits the criterion for its duration.</summary>
internal static class TimelineRules
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>Checks the timeline.</summary>
    public static void Check(RolloutPlan plan, PlanLog log)
    {
        for (var index = 0; index + 1 < plan.Timeline.Count; index++) Joins(plan.Timeline, index, log);
        if (log.IsSound("Timeline")) FitsCriterion(plan, log);
    }

    private static void Joins(IReadOnlyList<PlanPhase> timeline, int index, PlanLog log)
    {
        var (phase, next) = (timeline[index], timeline[index + 1]);
        var (start, duration, nextStart) = ($"Timeline[{index}].Start", $"Timeline[{index}].Duration", $"Timeline[{index + 1}].Start");
        if (log.IsSound(duration) && phase.Duration == TimeSpan.Zero)
        {
            log.Report(duration, $"the phase '{phase.Name}' takes no time, and only the last one may.", "Write a duration like '30 min'.");
            return;
        }

        if (!log.AreSound(start, duration, nextStart)) return;
        var end = phase.Start.Add(phase.Duration);
        var gap = next.Start - end; // of two times of day: the way forward, 0 to 24 h
        if (gap == TimeSpan.Zero) return;
        var ends = $"'{phase.Name}' ends at {PlanUnits.FormatTime(end)} ({PlanUnits.FormatTime(phase.Start)} and {PlanUnits.FormatDuration(phase.Duration)})";
        var difference = gap <= Day / 2
            ? $"which leaves a gap of {PlanUnits.FormatDuration(gap)}"
            : $"which overlaps by {PlanUnits.FormatDuration(Day - gap)}";
        log.Report(nextStart, $"'{next.Name}' starts at {PlanUnits.FormatTime(next.Start)}, but {ends}, {difference}.",
            $"Start it at '{PlanUnits.FormatTime(end)}', or correct the duration in front of it.");
    }

    private static void FitsCriterion(RolloutPlan plan, PlanLog log)
    {
        var total = TimeSpan.FromTicks(plan.Timeline.Sum(phase => phase.Duration.Ticks));
        for (var index = 0; index < plan.SuccessCriteria.Count; index++)
        {
            var criterion = plan.SuccessCriteria[index];
            var path = $"SuccessCriteria[{index}]";
            if (criterion.Metric != "DeploymentDuration" || !log.IsSound(path)) continue;
            if (Holds(total.TotalSeconds, criterion)) continue;
            log.Report($"{path}.Limit",
                $"the timeline takes {PlanUnits.FormatDuration(total)}, which cannot meet {criterion.Comparison} {PlanUnits.FormatDuration(TimeSpan.FromSeconds(criterion.Limit))}.",
                "Shorten the timeline or correct the criterion.");
        }
    }

    private static bool Holds(double value, PlanCriterion criterion) => criterion.Comparison switch
    {
        Comparison.Below => value < criterion.Limit,
        Comparison.AtMost => value <= criterion.Limit,
        Comparison.Above => value > criterion.Limit,
        _ => value >= criterion.Limit,
    };
}
