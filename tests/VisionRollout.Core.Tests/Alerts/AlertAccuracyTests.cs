using VisionRollout.Core.Alerts;
using VisionRollout.Core.Evidence;

namespace VisionRollout.Core.Tests.Alerts;

public sealed class AlertAccuracyTests
{
    private static readonly DateTimeOffset From = new(2026, 10, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(0, 0, 0, Verdict.Undecided, 59)]
    [InlineData(20, 0, 0, Verdict.Undecided, 39)]
    [InlineData(58, 0, 0, Verdict.Undecided, 1)]
    [InlineData(59, 0, 0, Verdict.Go, 0)]
    [InlineData(58, 0, 1, Verdict.Undecided, 34)] // the unknown one may have been false
    [InlineData(92, 1, 0, Verdict.Go, 0)]
    [InlineData(17, 3, 0, Verdict.Undecided, 133)]
    [InlineData(10, 5, 0, Verdict.NoGo, 0)]
    [InlineData(0, 0, 15, Verdict.Undecided, null)]
    public void The_share_is_bounded_or_it_says_what_is_missing(int real, int wrong, int unknown, Verdict verdict, int? missing)
    {
        var accuracy = AlertAccuracy.Of([.. Judged(real, true), .. Judged(wrong, false), .. Judged(unknown, null)], From, From.AddDays(30), 0.05, 0.05);
        Assert.Equal((verdict, real + wrong + unknown, wrong, unknown), (accuracy.Verdict, accuracy.Alerts, accuracy.FalsePositives, accuracy.Unknown));
        if (missing is { } count) Assert.Equal(count, accuracy.AlertsMissing);
        if (verdict == Verdict.Undecided) Assert.Contains("more alerts", accuracy.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void It_says_how_much_history_that_is()
    {
        Assert.Equal(TimeSpan.FromDays(58.5), AlertAccuracy.Of(Judged(20, true), From, From.AddDays(30), 0.05, 0.05).HistoryMissing);
        Assert.Null(AlertAccuracy.Of([], From, From.AddDays(30), 0.05, 0.05).HistoryMissing);
    }

    private static JudgedAlert[] Judged(int count, bool? real) =>
        [.. Enumerable.Range(0, count).Select(index => new JudgedAlert(new AlertEpisode("High", "critical", new Dictionary<string, string>(), From.AddHours(index), From.AddHours(index)), real, ""))];
}
