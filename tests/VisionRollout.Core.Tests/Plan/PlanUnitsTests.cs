using FsCheck;
using FsCheck.Fluent;
using VisionRollout.Core.Plan;

namespace VisionRollout.Core.Tests.Plan;

public sealed class PlanUnitsTests
{
    [Theory]
    [InlineData("30 min", 1_800_000)]
    [InlineData("30min", 1_800_000)]
    [InlineData(" 24 h ", 86_400_000)]
    [InlineData("90 s", 90_000)]
    [InlineData("10 ms", 10)]
    [InlineData("2 h 30 min", 9_000_000)]
    [InlineData("1.5 hours", 5_400_000)]
    [InlineData("1 day", 86_400_000)]
    [InlineData("0 s", 0)]
    public void Reads_durations(string text, double milliseconds)
    {
        Assert.True(PlanUnits.TryParseDuration(text, out var value));
        Assert.Equal(milliseconds, value.TotalMilliseconds);
    }

    [Theory]
    [InlineData("30")]
    [InlineData("")]
    [InlineData("min")]
    [InlineData("-5 min")]
    [InlineData("30 mins.")]
    [InlineData("30 fortnights")]
    [InlineData("30 min 2 h")] // the longer unit comes first
    [InlineData("5 min 5 min")]
    [InlineData("999999999999999 d")] // more than a TimeSpan holds
    public void Refuses_what_is_no_duration(string text) => Assert.False(PlanUnits.TryParseDuration(text, out _));

    [Theory]
    [InlineData("0.1%", 0.001)]
    [InlineData("99.99 %", 0.9999)]
    [InlineData("100%", 1)]
    public void Reads_shares(string text, double share)
    {
        Assert.True(PlanUnits.TryParseShare(text, out var value));
        Assert.Equal(share, value);
    }

    [Theory]
    [InlineData("0.1")]
    [InlineData("%")]
    [InlineData("-1%")]
    [InlineData("0,1%")]
    public void Refuses_what_is_no_share(string text) => Assert.False(PlanUnits.TryParseShare(text, out _));

    [Theory]
    [InlineData("10,000 RPS", 10_000)]
    [InlineData("10000 requests/s", 10_000)]
    [InlineData("1,234,567.5 rps", 1_234_567.5)]
    public void Reads_rates(string text, double rate)
    {
        Assert.True(PlanUnits.TryParseRate(text, out var value));
        Assert.Equal(rate, value);
    }

    [Theory]
    [InlineData("10000")]
    [InlineData("10,00 RPS")]
    [InlineData("fast")]
    public void Refuses_what_is_no_rate(string text) => Assert.False(PlanUnits.TryParseRate(text, out _));

    [Theory]
    [InlineData("9:00")]
    [InlineData("24:00")]
    [InlineData("09:60")]
    [InlineData("09:00 UTC")]
    public void Refuses_what_is_no_time(string text) => Assert.False(PlanUnits.TryParseTime(text, out _));

    [Fact]
    public void A_duration_reads_back_as_it_was_written() =>
        Prop.ForAll(ArbMap.Default.ArbFor<ulong>(), number =>
        {
            var duration = TimeSpan.FromTicks((long)(number % (ulong)TimeSpan.FromDays(4_000).Ticks));
            return PlanUnits.TryParseDuration(PlanUnits.FormatDuration(duration), out var read) && read == duration;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_share_reads_back_as_it_was_written() =>
        Prop.ForAll(ArbMap.Default.ArbFor<uint>(), number =>
        {
            var share = (number % 1_000_001) / 1_000_000.0;
            return PlanUnits.TryParseShare(PlanUnits.FormatShare(share), out var read) && Math.Abs(read - share) < 1e-12;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_time_reads_back_as_it_was_written() =>
        Prop.ForAll(ArbMap.Default.ArbFor<uint>(), number =>
        {
            var time = TimeOnly.MinValue.AddMinutes(number % 1_440);
            return PlanUnits.TryParseTime(PlanUnits.FormatTime(time), out var read) && read == time;
        }).QuickCheckThrowOnFailure();
}
