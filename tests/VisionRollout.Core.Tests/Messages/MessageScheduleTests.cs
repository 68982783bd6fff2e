using VisionRollout.Core.Messages;
using VisionRollout.Core.Plan;

namespace VisionRollout.Core.Tests.Messages;

public sealed class MessageScheduleTests
{
    private static readonly PlanPhase[] Timeline =
    [
        new() { Name = "Preparation", Start = new(9, 0), Duration = TimeSpan.FromMinutes(30) },
        new() { Name = "Canary", Start = new(9, 30), Duration = TimeSpan.FromHours(7.5) },
        new() { Name = "Complete", Start = new(17, 0), Duration = TimeSpan.Zero },
    ];

    [Theory]
    [InlineData("08:30", null, "10:00")]
    [InlineData("09:00", null, "10:00")]
    [InlineData("09:59", null, "10:00")]
    [InlineData("10:00", "10:00", "11:00")]
    [InlineData("13:59", "13:00", "14:00")]
    [InlineData("16:10", "16:00", "18:00")]
    [InlineData("17:00", "16:00", "18:00")] // then the end is told
    [InlineData("17:30", "16:00", "18:00")]
    [InlineData("18:20", "18:00", "19:00")] // a rollout that takes longer is still told of
    public void It_is_due_every_hour_from_the_first_phase_but_not_at_the_planned_end(string now, string? due, string next)
    {
        var schedule = new MessageSchedule(Timeline, new(2026, 11, 25), TimeSpan.FromHours(1));
        Assert.Equal(due is null ? null : At(due), schedule.Due(At(now)));
        Assert.Equal(At(next), schedule.Next(At(now)));
    }

    [Fact]
    public void After_a_night_only_the_newest_one_is_due()
    {
        var schedule = new MessageSchedule(Timeline, new(2026, 11, 25), TimeSpan.FromHours(1));
        Assert.Equal(At("07:00").AddDays(1), schedule.Due(At("07:45").AddDays(1)));
    }

    private static DateTimeOffset At(string time) => new(new DateOnly(2026, 11, 25).ToDateTime(TimeOnly.Parse(time, System.Globalization.CultureInfo.InvariantCulture)), TimeSpan.Zero);
}
