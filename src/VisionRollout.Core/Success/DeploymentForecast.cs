using VisionRollout.Core.Plan;
using VisionRollout.Core.State;

namespace VisionRollout.Core.Success;

/// <summary>When a rollout will be signed off, from the plan's timeline and how far it has come.</summary>
public static class DeploymentForecast
{
    /// <summary>A duration in whole minutes, the grain of the timeline.</summary>
    public static TimeSpan WholeMinutes(TimeSpan duration) => TimeSpan.FromMinutes(Math.Floor(duration.TotalMinutes));

    /// <summary>True when every phase before the last one is completed: what is left is the sign-off.</summary>
    public static bool IsLastPhase(RolloutPlan plan, RolloutState state)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(state);
        return plan.Timeline.SkipLast(1).All(phase => state.FindPhase(phase.Name) is { Status: ActivityStatus.Completed });
    }

    /// <summary>When the last phase ends, if each open one begins at its planned time or as soon as the one before has ended, and takes its
    /// planned duration.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="state">The rollout.</param>
    /// <param name="now">Now (UTC).</param>
    public static DateTimeOffset EndOf(RolloutPlan plan, RolloutState state, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(state);
        var end = DateTimeOffset.MinValue;
        foreach (var phase in plan.Timeline)
        {
            var known = state.FindPhase(phase.Name);
            if (known is { Status: ActivityStatus.Completed, EndedAt: { } ended })
            {
                end = Later(end, ended);
                continue;
            }

            var planned = new DateTimeOffset(state.Started.Day.ToDateTime(phase.Start), TimeSpan.Zero);
            end = Later(now, (known?.StartedAt ?? Later(end, planned)) + phase.Duration);
        }

        return end;
    }

    private static DateTimeOffset Later(DateTimeOffset left, DateTimeOffset right) => left > right ? left : right;
}
