using System.Diagnostics;
using VisionRollout.Rehearsal.Time;

namespace VisionRollout.Rehearsal.Tests.Time;

public sealed class VirtualClockTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 23, 9, 0, 0, TimeSpan.Zero);

    [Fact(Timeout = 60_000)]
    public async Task Actions_run_in_order_of_their_times_each_at_its_own_time()
    {
        await using var clock = new VirtualClock(Start);
        var seen = new List<(string Name, DateTimeOffset At)>();
        Task Note(string name)
        {
            seen.Add((name, clock.Now));
            return Task.CompletedTask;
        }

        clock.Schedule(Start.AddMinutes(30), () => Note("late"));
        clock.Schedule(Start.AddMinutes(10), () =>
        {
            clock.Schedule(clock.Now.AddMinutes(5), () => Note("added"));
            return Note("early");
        });
        clock.Schedule(Start.AddMinutes(61), () => Note("never"));

        await clock.AdvanceToAsync(Start.AddHours(1), TestContext.Current.CancellationToken);

        Assert.Equal([("early", Start.AddMinutes(10)), ("added", Start.AddMinutes(15)), ("late", Start.AddMinutes(30))], seen);
        Assert.InRange(clock.Now, Start.AddHours(1), Start.AddHours(1).AddSeconds(5));
    }

    [Fact(Timeout = 60_000)]
    public async Task Two_waiters_for_the_same_time_advance_once()
    {
        await using var clock = new VirtualClock(Start);
        var runs = 0;
        clock.Schedule(Start.AddMinutes(10), () =>
        {
            runs++;
            return Task.Delay(50, TestContext.Current.CancellationToken);
        });

        var times = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ =>
            Task.Run(() => clock.AdvanceToAsync(Start.AddMinutes(20), TestContext.Current.CancellationToken))));

        Assert.Equal(1, runs);
        Assert.All(times, time => Assert.InRange(time, Start.AddMinutes(20), Start.AddMinutes(20).AddSeconds(5)));
    }

    [Fact(Timeout = 60_000)]
    public async Task Real_time_runs_due_actions_without_a_waiter()
    {
        await using var clock = new VirtualClock(Start);
        var ran = new TaskCompletionSource<DateTimeOffset>();
        clock.Schedule(Start.AddMilliseconds(300), () =>
        {
            ran.SetResult(clock.Now);
            return Task.CompletedTask;
        });

        clock.Start();

        Assert.Equal(Start.AddMilliseconds(300), await ran.Task);
    }

    [Fact(Timeout = 60_000)]
    public async Task Time_never_goes_back_and_never_passes_an_action_that_has_not_run()
    {
        await using var clock = new VirtualClock(Start);
        clock.Schedule(Start.AddMilliseconds(20), () => Task.CompletedTask);
        var watch = Stopwatch.StartNew();
        var last = clock.Now;
        while (watch.ElapsedMilliseconds < 60)
        {
            var now = clock.Now;
            Assert.InRange(now, last, Start.AddMilliseconds(20));
            last = now;
        }

        clock.Start();
        await clock.AdvanceToAsync(Start.AddSeconds(1), TestContext.Current.CancellationToken);
        Assert.True(clock.Now >= Start.AddSeconds(1));
    }

    [Fact(Timeout = 60_000)]
    public async Task An_action_that_fails_does_not_stop_time()
    {
        await using var clock = new VirtualClock(Start);
        var ran = false;
        clock.Schedule(Start.AddMinutes(1), () => throw new InvalidOperationException("expected in this test"));
        clock.Schedule(Start.AddMinutes(2), () =>
        {
            ran = true;
            return Task.CompletedTask;
        });

        await clock.AdvanceToAsync(Start.AddMinutes(3), TestContext.Current.CancellationToken);

        Assert.True(ran);
    }

    [Fact(Timeout = 60_000)]
    public async Task Ticks_come_once_per_interval_in_their_order()
    {
        await using var clock = new VirtualClock(Start);
        var seen = new List<string>();
        new ClockTicks(clock, TimeSpan.FromSeconds(15), [new Noting(2, "b", seen), new Noting(1, "a", seen)]).Start();

        await clock.AdvanceToAsync(Start.AddSeconds(31), TestContext.Current.CancellationToken);

        Assert.Equal(["a 9:00:15", "b 9:00:15", "a 9:00:30", "b 9:00:30"], seen);
    }

    private sealed class Noting(int order, string name, List<string> seen) : IClockTick
    {
        public int Order => order;

        public void Tick(DateTimeOffset now, TimeSpan interval) => seen.Add($"{name} {now.Hour}:{now.Minute:00}:{now.Second:00}");
    }
}
