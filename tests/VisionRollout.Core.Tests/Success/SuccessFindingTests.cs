using VisionRollout.Core.Evidence;
using VisionRollout.Core.Plan;
using VisionRollout.Core.Success;

namespace VisionRollout.Core.Tests.Success;

public sealed class SuccessFindingTests
{
    [Theory]
    [InlineData(Comparison.Above, 10.01, Verdict.Go)]
    [InlineData(Comparison.Above, 10.0, Verdict.NoGo)]
    [InlineData(Comparison.Below, 9.99, Verdict.Go)]
    [InlineData(Comparison.Below, 10.0, Verdict.NoGo)]
    [InlineData(Comparison.AtLeast, 10.0, Verdict.Go)]
    [InlineData(Comparison.AtLeast, 9.99, Verdict.NoGo)]
    [InlineData(Comparison.AtMost, 10.0, Verdict.Go)]
    [InlineData(Comparison.AtMost, 10.01, Verdict.NoGo)]
    [InlineData(Comparison.Above, double.NaN, Verdict.NoGo)]
    [InlineData(Comparison.Below, double.NaN, Verdict.NoGo)]
    [InlineData(Comparison.AtMost, null, Verdict.Undecided)]
    public void A_value_is_held_against_its_limit(Comparison comparison, double? value, Verdict verdict)
    {
        var criterion = new PlanCriterion { Name = "Response Time", Category = "Technical", Metric = "LatencyP99", Comparison = comparison, Limit = 10 };
        var finding = SuccessFinding.Of(criterion, value, "why", "mesh", TimeSpan.FromHours(8), DateTimeOffset.UnixEpoch);
        Assert.Equal((verdict, value, 10.0, "ms", "why", "Technical"), (finding.Verdict, finding.Measured, finding.Limit!.Value, finding.Unit, finding.Reason, finding.Subject));
    }

    [Fact]
    public void Every_metric_has_a_comparison_defined_for_every_kind() =>
        Assert.Equal([Comparison.Above, Comparison.Below, Comparison.AtLeast, Comparison.AtMost], Enum.GetValues<Comparison>());
}
