using VisionRollout.Core.Plan;

namespace VisionRollout.Core.Messages;

/// <summary>When a message that the plan repeats is due: counted from the start of the first phase, for as long as the rollout runs.</summary>
/// <remarks>The planned end of the timeline is left out: what is said there is that the rollout is complete. A rollout that goes on past it is
/// told of as before.</remarks>
/// <param name="timeline">The plan's phases.</param>
/// <param name="day">The rollout's day (UTC).</param>
/// <param name="every">Time between two repetitions; more than zero.</param>
public sealed class MessageSchedule(IReadOnlyList<PlanPhase> timeline, DateOnly day, TimeSpan every)
{
    private readonly DateTimeOffset start = At(day, timeline[0].Start);
    private readonly DateTimeOffset end = At(day, timeline[^1].Start) + timeline[^1].Duration;

    /// <summary>The newest time at which it was due; null before the first. Earlier ones that were missed are not made up for.</summary>
    /// <param name="now">Now.</param>
    public DateTimeOffset? Due(DateTimeOffset now)
    {
        var count = Math.Floor((now - start) / every);
        if (count >= 1 && start + (every * count) == end) count--;
        return count < 1 ? null : start + (every * count);
    }

    /// <summary>The next time after now at which it is due.</summary>
    /// <param name="now">Now.</param>
    public DateTimeOffset Next(DateTimeOffset now)
    {
        var count = Math.Max(1, Math.Floor((now - start) / every) + 1);
        return start + (every * (start + (every * count) == end ? count + 1 : count));
    }

    private static DateTimeOffset At(DateOnly day, TimeOnly time) => new(day.ToDateTime(time), TimeSpan.Zero);
}
