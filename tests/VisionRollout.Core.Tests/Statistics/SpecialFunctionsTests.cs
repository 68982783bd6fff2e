using VisionRollout.Core.Statistics;

namespace VisionRollout.Core.Tests.Statistics;

public sealed class SpecialFunctionsTests
{
    // Γ(1/2) = √π; Γ(n) = (n − 1)!; the last values from Abramowitz and Stegun, tables 6.1 and 6.4, and ln 999!.
    [Theory]
    [InlineData(0.5, 0.57236494292470008707)]
    [InlineData(1, 0)]
    [InlineData(2, 0)]
    [InlineData(1.5, -0.12078223763524522235)]
    [InlineData(10, 12.801827480081469611)]
    [InlineData(101, 363.73937555556349014)]
    [InlineData(1000, 5905.2204232091812118)]
    public void LogGamma_matches_known_values(double x, double expected) =>
        Assert.Equal(expected, SpecialFunctions.LogGamma(x), 1e-12 * Math.Max(1, Math.Abs(expected)));

    [Fact]
    public void LogGamma_follows_its_recurrence_from_tiny_to_huge_arguments()
    {
        foreach (var x in new[] { 1e-6, 0.01, 0.7, 3.3, 9.99, 10.01, 123.4, 1e5, 1e7 })
        {
            var step = SpecialFunctions.LogGamma(x + 1) - SpecialFunctions.LogGamma(x);
            Assert.Equal(Math.Log(x), step, 1e-14 * Math.Max(10, SpecialFunctions.LogGamma(x + 1)));
        }
    }

    [Fact]
    public void LogBeta_matches_the_closed_form_for_whole_numbers() =>
        Assert.Equal(-Math.Log(60), SpecialFunctions.LogBeta(3, 4), 1e-13);

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    public void LogGamma_refuses_what_is_not_positive(double x) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => SpecialFunctions.LogGamma(x));

    [Fact]
    public void LogSumExp_neither_overflows_nor_loses_small_terms()
    {
        Assert.Equal(1000 + Math.Log(2), SpecialFunctions.LogSumExp([1000, 1000]), 1e-12);
        Assert.Equal(-1000 + Math.Log(2), SpecialFunctions.LogSumExp([-1000, -1000]), 1e-12);
        Assert.Equal(double.NegativeInfinity, SpecialFunctions.LogSumExp([]));
    }
}
