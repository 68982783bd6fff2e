using VisionRollout.Core.Traffic;

namespace VisionRollout.Core.Tests.Traffic;

public sealed class ShareTestTests
{
    [Fact]
    public void A_true_share_is_refused_at_any_look_with_at_most_the_error_probability()
    {
        const double alpha = 0.05;
        var random = new Random(20261123);
        var refused = Enumerable.Range(0, 400).Count(_ =>
        {
            var hits = 0;
            var bad = false;
            for (var total = 1; total <= 1500 && !bad; total++)
            {
                if (random.NextDouble() < 0.05) hits++;
                bad = !ShareTest.Agrees(hits, total, 0.05, alpha, tolerance: 0);
            }

            return bad;
        });

        // 400 runs at 5 %: more than 36 has a probability below 0.001.
        Assert.InRange(refused, 0, 36);
    }

    [Fact]
    public void A_wrong_share_is_refused_soon()
    {
        var random = new Random(7);
        var found = Enumerable.Range(0, 200).Count(_ => !ShareTest.Agrees(Enumerable.Range(0, 2000).Count(_ => random.NextDouble() < 0.05), 2000, 0.10));
        Assert.InRange(found, 190, 200);
    }

    [Theory]
    [InlineData(0, 0, 0.5, false)] // no requests agree with nothing
    [InlineData(0, 1_000_000, 0, true)]
    [InlineData(1_000_000, 1_000_000, 1, true)]
    [InlineData(990_500, 1_000_000, 1, true)] // within the tolerance
    [InlineData(980_000, 1_000_000, 1, false)]
    [InlineData(0, 5000, 1, false)]
    [InlineData(5000, 5000, 0, false)]
    [InlineData(59_000, 1_000_000, 0.05, true)]
    [InlineData(61_500, 1_000_000, 0.05, false)]
    [InlineData(1, 1, 0.05, true)] // one request proves nothing
    public void Agrees_within_the_tolerance_and_refuses_beyond_it(double hits, double total, double weight, bool agrees) =>
        Assert.Equal(agrees, ShareTest.Agrees(hits, total, weight));
}
