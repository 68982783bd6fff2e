using VisionRollout.Rehearsal.Faults;
using VisionRollout.Rehearsal.Scenario;
using VisionRollout.Rehearsal.Time;

namespace VisionRollout.Rehearsal.Tests.Faults;

public sealed class FaultScheduleTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 23, 9, 0, 0, TimeSpan.Zero);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task A_fault_acts_from_its_begin_to_its_end_on_the_virtual_clock()
    {
        await using var clock = new VirtualClock(Start);
        var schedule = new FaultSchedule(clock);
        await schedule.AddAsync(new ScenarioFault { Name = FaultNames.Latency, AfterSeconds = 600, ForSeconds = 300, Magnitude = 80, Target = new() { Version = "v1.1.0" } }, Start);

        Assert.Empty(schedule.Active(FaultNames.Latency));
        await clock.AdvanceToAsync(Start.AddMinutes(12), Token);
        var active = Assert.Single(schedule.Active(FaultNames.Latency));
        Assert.Equal(80, active.Magnitude);
        Assert.True(active.Hits("business", "blue", "v1.1.0", "pod"));
        Assert.False(active.Hits("business", "green", "v1.0.0", "pod"));
        Assert.Empty(schedule.Active(FaultNames.ErrorRate));
        await clock.AdvanceToAsync(Start.AddMinutes(16), Token);
        Assert.Empty(schedule.Active(FaultNames.Latency));
        Assert.Equal("ended", schedule.All[0].StateAt(clock.Now));
    }

    [Fact(Timeout = 60_000)]
    public async Task An_effect_begins_and_ends_exactly_once()
    {
        await using var clock = new VirtualClock(Start);
        var schedule = new FaultSchedule(clock);
        var effect = new RecordedEffect();
        schedule.Enact(effect);

        var scheduled = new ScenarioFault { Name = FaultNames.WatchDrop, AfterSeconds = 60, ForSeconds = 60 };
        await schedule.AddAsync(scheduled, Start);
        var deleted = await schedule.AddAsync(scheduled with { AfterSeconds = 0, ForSeconds = 600 }, Start);
        Assert.True(await schedule.RemoveAsync(deleted.Id));
        Assert.False(await schedule.RemoveAsync(deleted.Id));
        await clock.AdvanceToAsync(Start.AddMinutes(30), Token);

        Assert.Equal(["begin f2", "end f2", "begin f1", "end f1"], effect.Seen);
    }

    [Theory]
    [InlineData("latncy", "latency")]
    [InlineData("migration-fail", "migration-failure")]
    [InlineData("watchdrop", "watch-drop")]
    public void The_nearest_name_is_found(string text, string expected) => Assert.Equal(expected, FaultNames.Nearest(text));

    [Fact(Timeout = 60_000)]
    public async Task Requests_to_the_API_fail_as_the_faults_say()
    {
        await using var clock = new VirtualClock(Start);
        var schedule = new FaultSchedule(clock);
        using var faults = new ApiFaults(schedule, 42);
        Assert.Null(faults.Next(new Microsoft.AspNetCore.Http.DefaultHttpContext(), "patch", "virtualservices"));

        await schedule.AddAsync(new ScenarioFault { Name = FaultNames.ApiConflict, Magnitude = 1 }, Start);
        Assert.Null(faults.Next(new Microsoft.AspNetCore.Http.DefaultHttpContext(), "get", "virtualservices"));
        Assert.Equal(409, faults.Next(new Microsoft.AspNetCore.Http.DefaultHttpContext(), "patch", "virtualservices")!.Error!.Code);

        await schedule.AddAsync(new ScenarioFault { Name = FaultNames.ApiThrottle, Magnitude = 1 }, Start);
        var throttled = faults.Next(new Microsoft.AspNetCore.Http.DefaultHttpContext(), "get", "pods")!;
        Assert.Equal(429, throttled.Error!.Code);
        Assert.NotNull(throttled.RetryAfterSeconds);
    }

    [Fact(Timeout = 60_000)]
    public async Task Open_watches_are_cut_when_the_fault_begins()
    {
        await using var clock = new VirtualClock(Start);
        var schedule = new FaultSchedule(clock);
        using var faults = new ApiFaults(schedule, 42);
        schedule.Enact(faults);
        var open = faults.WatchLifetime;

        await schedule.AddAsync(new ScenarioFault { Name = FaultNames.WatchDrop, ForSeconds = 1 }, Start);

        Assert.True(open.IsCancellationRequested);
        Assert.False(faults.WatchLifetime.IsCancellationRequested);
    }

    [Fact(Timeout = 60_000)]
    public async Task Two_such_faults_cut_each_new_watch_after_a_while()
    {
        await using var clock = new VirtualClock(Start);
        var schedule = new FaultSchedule(clock);
        using var faults = new ApiFaults(schedule, 42);
        schedule.Enact(faults);
        for (var number = 0; number < 2; number++) await schedule.AddAsync(new ScenarioFault { Name = FaultNames.WatchDrop, Magnitude = 0.05 }, Start);
        for (var watch = 0; watch < 3; watch++)
        {
            var open = faults.WatchLifetime;
            while (!open.IsCancellationRequested) await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }

    private sealed class RecordedEffect : IFaultEffect
    {
        public List<string> Seen { get; } = [];

        public string Name => FaultNames.WatchDrop;

        public Task BeginAsync(ScheduledFault fault) => NoteAsync("begin " + fault.Id);

        public Task EndAsync(ScheduledFault fault) => NoteAsync("end " + fault.Id);

        private Task NoteAsync(string text)
        {
            Seen.Add(text);
            return Task.CompletedTask;
        }
    }
}
