using FsCheck;
using FsCheck.Fluent;
using VisionRollout.Adapters.Traffic;
using VisionRollout.Core.Errors;

namespace VisionRollout.Adapters.Tests.Traffic;

public sealed class WholePercentTests
{
    [Fact]
    public void Shares_with_binary_rounding_are_whole_per_cent()
    {
        for (var percent = 0; percent <= 100; percent++)
        {
            var whole = WholePercent.From(new Dictionary<string, double> { ["green"] = 1 - (percent / 100.0), ["blue"] = percent / 100.0 });
            Assert.Equal((100 - percent, percent), (whole["green"], whole["blue"]));
        }
    }

    [Theory]
    [InlineData(0.995, 0.005)]
    [InlineData(0.9, 0.05)]
    [InlineData(1.1, -0.1)]
    [InlineData(double.NaN, 1)]
    public void Other_shares_are_refused_rather_than_rounded(double green, double blue)
    {
        var error = Assert.Throws<RolloutException>(() => WholePercent.From(new Dictionary<string, double> { ["green"] = green, ["blue"] = blue }));
        Assert.Equal("WeightsInvalid", error.Id);
    }

    [Fact]
    public void A_split_adds_up_and_is_nowhere_off_by_one_or_more() => Prop.ForAll<byte, byte[]>((whole, parts) =>
    {
        var weights = parts.Append((byte)1).Select(part => (double)part).ToArray();
        var split = WholePercent.Split(whole % 101, weights);
        return split.Sum() == whole % 101
            && split.Zip(weights).All(pair => Math.Abs(pair.First - (whole % 101 * pair.Second / weights.Sum())) < 1);
    }).QuickCheckThrowOnFailure();
}
