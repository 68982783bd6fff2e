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

    [Theory]
    [InlineData(Comparison.Above, 10.1, 12, Verdict.Go)]
    [InlineData(Comparison.Above, 9, 12, Verdict.Undecided)]
    [InlineData(Comparison.Above, 8, 9.9, Verdict.NoGo)]
    [InlineData(Comparison.Below, 8, 9.9, Verdict.Go)]
    [InlineData(Comparison.Below, 9, 12, Verdict.Undecided)]
    [InlineData(Comparison.Below, 10.1, 12, Verdict.NoGo)]
    public void Bounds_must_meet_the_limit_not_only_the_value(Comparison comparison, double low, double high, Verdict verdict)
    {
        var criterion = new PlanCriterion { Name = "Availability", Category = "Technical", Metric = "Availability", Comparison = comparison, Limit = 10 };
        var finding = SuccessFinding.Of(criterion, (low + high) / 2, (low, high), "why", "mesh", null, DateTimeOffset.UnixEpoch);
        Assert.Equal((verdict, low, high), (finding.Verdict, finding.Low!.Value, finding.High!.Value));
        Assert.Equal(Verdict.Undecided, SuccessFinding.Of(criterion, null, (low, high), "why", "mesh", null, DateTimeOffset.UnixEpoch).Verdict);
    }

    [Fact]
    public void Every_metric_has_a_comparison_defined_for_every_kind() =>
        Assert.Equal([Comparison.Above, Comparison.Below, Comparison.AtLeast, Comparison.AtMost], Enum.GetValues<Comparison>());
}
