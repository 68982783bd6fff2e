using NSubstitute;
using NSubstitute.ExceptionExtensions;
using VisionRollout.Core.Checks;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Evidence;
using VisionRollout.Core.Tests.World;
using VisionRollout.Core.Workloads;

namespace VisionRollout.Core.Tests.Checks;

public sealed class ClusterChecksTests
{
    private static readonly RolloutException Silent = new("KubernetesUnreachable", RolloutErrorKind.Unavailable, "no answer");
    private readonly ManualClock clock = new();
    private readonly IPodAccess pods = Substitute.For<IPodAccess>();
    private IWorkloads workloads = SampleWorkloads.AllReady();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private ClusterChecks Checks => new(workloads, pods, null, clock, SamplePlan.Plan, SamplePlan.Environment);

    [Fact]
    public async Task Pods_that_lack_or_are_not_ready_are_a_NoGo_with_their_numbers()
    {
        Assert.All(await Checks.PodsReadyAsync("blue", Token), finding => Assert.Equal(Verdict.Go, finding.Verdict));
        workloads = SampleWorkloads.With(3, ("shop-blue", 2));
        var findings = await Checks.PodsReadyAsync("blue", Token);
        Assert.Equal([(Verdict.NoGo, 2.0, 3.0), (Verdict.NoGo, 0.0, 1.0)], findings.Select(finding => (finding.Verdict, finding.Measured!.Value, finding.Limit!.Value)));
        Assert.Contains("stock-blue", findings[1].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_pods_wanted_is_not_ready()
    {
        workloads = SampleWorkloads.With(0, ("shop-blue", 0), ("stock-blue", 0));
        Assert.All(await Checks.PodsReadyAsync("blue", Token), finding => Assert.Equal(Verdict.NoGo, finding.Verdict));
    }

    [Fact]
    public async Task What_the_API_server_does_not_answer_is_undecided_everywhere()
    {
        workloads.ListAsync(null, Token).ThrowsAsyncForAnyArgs(Silent);
        workloads.ReadUsageAsync(Token).ThrowsAsyncForAnyArgs(Silent);
        pods.GetFromPodAsync("", 0, "", Token).ThrowsAsyncForAnyArgs(Silent);
        var health = await Checks.ReadHealthAsync("blue", Token);
        Finding[] all =
        [
            .. await Checks.PodsReadyAsync("blue", Token), .. await Checks.HealthAsync(health, Token), .. await Checks.DatabaseConnectionsAsync(health, Token), .. await Checks.ExternalAsync(health, Token),
            .. await Checks.MetricsAsync("blue", Token), .. await Checks.ResourcesAsync(["blue", "green"], Token), await Checks.AlertsAsync("CriticalAlerts", ["critical"], [], Token),
        ];
        Assert.Equal(13, all.Length);
        Assert.All(all, finding => Assert.Equal(Verdict.Undecided, finding.Verdict));
        Assert.All(all, finding => Assert.NotEmpty(finding.Reason));
    }

    [Fact]
    public async Task Without_a_metrics_server_resources_are_undecided()
    {
        workloads.ReadUsageAsync(Token).ThrowsAsyncForAnyArgs(new RolloutException("KubernetesNotFound", RolloutErrorKind.NotFound, "no such API"));
        Assert.All(await Checks.ResourcesAsync(["blue"], Token), finding => Assert.Equal(Verdict.Undecided, finding.Verdict));
    }

    [Fact]
    public async Task Without_pods_health_is_a_NoGo()
    {
        workloads = SampleWorkloads.With(2);
        var health = await Checks.ReadHealthAsync("blue", Token);
        Assert.All(await Checks.HealthAsync(health, Token), finding => Assert.Equal(Verdict.NoGo, finding.Verdict));
        Assert.All(await Checks.ResourcesAsync(["blue"], Token), finding => Assert.Equal(Verdict.Undecided, finding.Verdict));
        Assert.All(await Checks.MetricsAsync("blue", Token), finding => Assert.Equal(Verdict.NoGo, finding.Verdict));
    }

    [Fact]
    public async Task A_failing_external_system_is_the_external_checks_business_only()
    {
        Answer(503, """{"status":"fail","checks":{"postgres:connections":[{"componentType":"datastore","status":"pass"}],"external:payments":[{"status":"fail","output":"timeout"}]}}""");
        var health = await Checks.ReadHealthAsync("blue", Token);
        Assert.All(await Checks.HealthAsync(health, Token), finding => Assert.Equal(Verdict.Go, finding.Verdict));
        Assert.All(await Checks.DatabaseConnectionsAsync(health, Token), finding => Assert.Equal(Verdict.Go, finding.Verdict));
        var external = await Checks.ExternalAsync(health, Token);
        Assert.All(external, finding => Assert.Equal((Verdict.NoGo, "external"), (finding.Verdict, finding.Trigger)));
        Assert.Contains("timeout", external[0].Reason, StringComparison.Ordinal);
        Assert.Equal("shop: payments", external[0].Subject);
    }

    [Fact]
    public async Task A_fallback_in_use_passes()
    {
        Answer(200, """{"status":"warn","checks":{"external:payments":[{"status":"warn","output":"fallback"}]}}""");
        Assert.All(await Checks.ExternalAsync(await Checks.ReadHealthAsync("blue", Token), Token), finding => Assert.Equal(Verdict.Go, finding.Verdict));
    }

    [Fact]
    public async Task A_check_that_the_document_does_not_have_is_no_Go()
    {
        Answer(200, """{"status":"pass"}""");
        var health = await Checks.ReadHealthAsync("blue", Token);
        Assert.All(await Checks.DatabaseConnectionsAsync(health, Token), finding => Assert.Equal((Verdict.NoGo, "database"), (finding.Verdict, finding.Trigger)));
        Assert.All(await Checks.ExternalAsync(health, Token), finding => Assert.Equal(Verdict.NoGo, finding.Verdict));
    }

    [Fact]
    public async Task One_bad_pod_of_several_is_a_NoGo_that_names_it()
    {
        pods.GetFromPodAsync("", 0, "", Token).ReturnsForAnyArgs(call => call.ArgAt<string>(0) == "shop-blue-2" ? new PodResponse(503, "error trying to reach service") : new PodResponse(200, ""));
        var findings = await Checks.HealthAsync(await Checks.ReadHealthAsync("blue", Token), Token);
        Assert.Equal([Verdict.NoGo, Verdict.Go], findings.Select(finding => finding.Verdict));
        Assert.Contains("shop-blue-2", findings[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_that_have_not_arrived_are_undecided()
    {
        workloads.ReadUsageAsync(Token).ReturnsForAnyArgs([new PodUsage("shop-blue-1", 1, 1), new PodUsage("stock-blue-1", 1, 1), new PodUsage("stock-blue-2", 1, 1)]);
        var findings = await Checks.MetricsAsync("blue", Token);
        Assert.Equal([(Verdict.Undecided, 1.0), (Verdict.Go, 2.0)], findings.Select(finding => (finding.Verdict, finding.Measured!.Value)));
    }

    [Theory]
    [InlineData(1.0, 500, Verdict.Go, Verdict.Go)]
    [InlineData(1.4, 500, Verdict.NoGo, Verdict.Go)] // 70 % is not below 70 %
    [InlineData(1.0, 800, Verdict.Go, Verdict.NoGo)]
    public async Task The_highest_share_of_any_pod_is_held_against_the_limit(double cpu, double memory, Verdict onCpu, Verdict onMemory)
    {
        Use(cpu, memory, missing: "");
        Assert.Equal([onCpu, onMemory], (await Checks.ResourcesAsync(["blue"], Token)).Select(finding => finding.Verdict));
    }

    [Fact]
    public async Task A_pod_without_usage_keeps_it_undecided_unless_another_is_too_high()
    {
        Use(1, 500, missing: "stock-blue-2");
        Assert.All(await Checks.ResourcesAsync(["blue"], Token), finding => Assert.Equal(Verdict.Undecided, finding.Verdict));
        Use(1.9, 500, missing: "stock-blue-2");
        Assert.Equal([Verdict.NoGo, Verdict.Undecided], (await Checks.ResourcesAsync(["blue"], Token)).Select(finding => finding.Verdict));
    }

    [Theory]
    [InlineData(200, Verdict.Go)]
    [InlineData(404, Verdict.NoGo)]
    [InlineData(302, Verdict.NoGo)]
    public async Task A_feature_answers_200_at_the_colours_Service(int status, Verdict verdict)
    {
        pods.GetFromServiceAsync("shop-blue", 80, Arg.Any<string>(), Arg.Any<CancellationToken>()).Returns(new PodResponse(status, ""));
        Assert.All(await Checks.FeaturesAsync("blue", Token), finding => Assert.Equal(verdict, finding.Verdict));
    }

    [Fact]
    public async Task One_failed_answer_of_a_feature_is_asked_again()
    {
        pods.GetFromServiceAsync("shop-blue", 80, Arg.Any<string>(), Arg.Any<CancellationToken>()).Returns(new PodResponse(503, ""), new PodResponse(503, ""), new PodResponse(200, ""));
        Assert.All(await Checks.FeaturesAsync("blue", Token), finding => Assert.Equal(Verdict.Go, finding.Verdict));
    }

    [Fact]
    public async Task A_feature_that_could_not_be_asked_is_undecided()
    {
        pods.GetFromServiceAsync("shop-blue", 80, Arg.Any<string>(), Arg.Any<CancellationToken>()).ThrowsAsync(Silent);
        Assert.All(await Checks.FeaturesAsync("blue", Token), finding =>
        {
            Assert.Equal(Verdict.Undecided, finding.Verdict);
            Assert.Contains(Silent.Message, finding.Reason, StringComparison.Ordinal);
        });
    }

    private void Answer(int status, string body) => pods.GetFromPodAsync("", 0, "", Token).ReturnsForAnyArgs(new PodResponse(status, body));

    private void Use(double cpu, double memory, string missing) =>
        workloads.ReadUsageAsync(Token).ReturnsForAnyArgs([.. new[] { "shop-blue-1", "shop-blue-2", "stock-blue-1", "stock-blue-2" }.Where(pod => pod != missing).Select(pod => new PodUsage(pod, cpu, memory))]);
}
