namespace VisionRollout.Rehearsal.Time;

/// <summary>Runs every <see cref="IClockTick"/> once per interval of virtual time.</summary>
internal sealed class ClockTicks(VirtualClock clock, TimeSpan interval, IEnumerable<IClockTick> ticks)
{
    private readonly IClockTick[] ordered = [.. ticks.OrderBy(tick => tick.Order)];
    private DateTimeOffset previous;

    /// <summary>Schedules the first tick one interval from now, and each next one after that. Call once.</summary>
    public void Start()
    {
        previous = clock.Now;
        clock.Schedule(previous + interval, TickAsync);
    }

    private Task TickAsync()
    {
        var now = previous + interval;
        clock.Schedule(now + interval, TickAsync);
        previous = now;
        foreach (var tick in ordered)
            tick.Tick(now, interval);
        return Task.CompletedTask;
    }
}
