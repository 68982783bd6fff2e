using VisionRollout.Core.Alerts;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Plan;
using VisionRollout.Core.Tests.World;

namespace VisionRollout.Core.Tests.Alerts;

public sealed class SilenceScopeTests
{
    [Theory]
    [InlineData("alertname=Restarted;namespace=shop-production;deployment=stock-blue", null)]
    [InlineData("alertname=Restarted;namespace=shop-production;deployment_color=blue", null)]
    [InlineData("alertname=Restarted;namespace=shop-production;destination_version=v2;severity=warning", null)]
    [InlineData("namespace=shop-production;deployment=stock-blue", "names no alert")]
    [InlineData("alertname=Restarted;deployment=stock-blue", "environment")]
    [InlineData("alertname=Restarted;namespace=other;deployment=stock-blue", "environment")]
    [InlineData("alertname=Restarted;namespace=shop-production", "limited to v2 (blue)")]
    [InlineData("alertname=Restarted;namespace=shop-production;deployment=stock", "limited to v2 (blue)")] // the old version's
    [InlineData("alertname=Restarted;namespace=shop-production;deployment=stock-blue;severity=critical", "critical")]
    public void A_silence_covers_alerts_of_the_release_and_no_others(string matchers, string? problem)
    {
        var wanted = matchers.Split(';').Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);
        if (problem is null)
        {
            var narrow = SilenceScope.Narrow(wanted, SamplePlan.Plan, SamplePlan.Environment, "blue", "v2");
            Assert.Equal(wanted.Count + 1, narrow.Count);
            Assert.Contains(new SilenceMatcher("severity", "(?i:critical|p1|p2)", IsEqual: false, IsRegex: true), narrow);
            return;
        }

        var error = Assert.Throws<RolloutException>(() => SilenceScope.Narrow(wanted, SamplePlan.Plan, SamplePlan.Environment, "blue", "v2"));
        Assert.Equal("SilenceTooBroad", error.Id);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("deployment", "stock-blue")]
    [InlineData("destination_version", "v2")]
    [InlineData("deployment_color", "blue")]
    public void A_silence_of_the_plan_is_as_narrow_as_one_that_is_given(string label, string value)
    {
        Assert.Contains(label, SilenceScope.Labels(SamplePlan.Plan.Colours));
        var covered = SilenceScope.Covered(new PlanSilence("Restarted", label, TimeSpan.FromHours(1), "pods come up"), SamplePlan.Plan, SamplePlan.Environment, "blue", "v2");
        Assert.Contains(covered, matchers => matchers[label] == value);
        Assert.All(covered, matchers => Assert.Equal(4, SilenceScope.Narrow(matchers, SamplePlan.Plan, SamplePlan.Environment, "blue", "v2").Count));
    }
}
