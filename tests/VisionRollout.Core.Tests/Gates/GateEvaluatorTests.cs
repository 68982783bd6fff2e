using NSubstitute;
using NSubstitute.ExceptionExtensions;
using VisionRollout.Core.Alerts;
using VisionRollout.Core.Canary;
using VisionRollout.Core.Checks;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Evidence;
using VisionRollout.Core.Gates;
using VisionRollout.Core.Journal;
using VisionRollout.Core.Plan;
using VisionRollout.Core.State;
using VisionRollout.Core.Tests.World;
using VisionRollout.Core.Workloads;

namespace VisionRollout.Core.Tests.Gates;

public sealed class GateEvaluatorTests
{
    private readonly ManualClock clock = new();
    private readonly IAlertSource alerts = Substitute.For<IAlertSource>();
    private readonly IPodAccess pods = Substitute.For<IPodAccess>();
    private readonly IWorkloads workloads = SampleWorkloads.AllReady();
    private RolloutState state;

    public GateEvaluatorTests()
    {
        alerts.ReadAsync(Arg.Any<CancellationToken>()).Returns([]);
        pods.GetFromPodAsync("", 0, "", Token).ReturnsForAnyArgs(new PodResponse(200, """{"status":"pass"}"""));
        state = RolloutState.From([new JournalRecord
        {
            Sequence = 1, At = clock.Now, By = "", Previous = "",
            Entry = new RolloutStarted("r1", "shop", "", "hash", "production", "v2", "v1", "green", "blue", new(2026, 11, 23), "ops", ["known"]),
        }])!;
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Verdict.Go, 0.0005, null, Verdict.Go)]
    [InlineData(Verdict.NoGo, 0.005, null, Verdict.NoGo)]
    [InlineData(Verdict.Undecided, 0.005, null, Verdict.Undecided)]
    [InlineData(Verdict.Go, 0.0008, 0.001, Verdict.Go)]
    [InlineData(Verdict.Go, 0.0008, 0.0005, Verdict.Undecided)] // the gate is stricter than the canary was, and the interval reaches above it
    [InlineData(Verdict.Go, 0.0004, 0.0005, Verdict.Go)]
    public async Task The_canarys_last_judgement_counts_within_the_gates_own_limit(Verdict judged, double high, double? limit, Verdict expected)
    {
        state = state with { Sample = Sample(new Finding { Criterion = GateCriteria.ErrorRateDelta, Subject = "blue", Verdict = judged, Reason = "", High = high, Limit = 0.001 }) };
        Assert.Equal(expected, (await OneAsync(GateCriteria.ErrorRateDelta, limit)).Verdict);
    }

    [Theory]
    [InlineData(GateCriteria.ErrorRateDelta)]
    [InlineData(GateCriteria.LatencyDelta)]
    [InlineData(GateCriteria.CanaryStable)]
    [InlineData("Astrology")]
    public async Task What_was_not_judged_is_undecided(string criterion) => Assert.Equal(Verdict.Undecided, (await OneAsync(criterion)).Verdict);

    [Theory]
    [InlineData("critical", GateCriteria.CriticalAlerts, Verdict.NoGo)]
    [InlineData("p1", GateCriteria.CriticalAlerts, Verdict.Go)]
    [InlineData("p1", GateCriteria.Incidents, Verdict.NoGo)]
    [InlineData("p2", GateCriteria.Incidents, Verdict.NoGo)]
    [InlineData("critical", GateCriteria.Incidents, Verdict.NoGo)]
    [InlineData("warning", GateCriteria.Incidents, Verdict.Go)]
    public async Task New_alerts_of_the_criterions_severities_are_a_NoGo(string severity, string criterion, Verdict expected)
    {
        alerts.ReadAsync(Token).ReturnsForAnyArgs([Alert("new", severity), Alert("known", "critical")]);
        var finding = await OneAsync(criterion);
        Assert.Equal((expected, "alert"), (finding.Verdict, finding.Trigger));
    }

    [Fact]
    public async Task Alerts_that_cannot_be_read_are_undecided()
    {
        alerts.ReadAsync(Token).ThrowsAsyncForAnyArgs(new RolloutException("AlertmanagerUnreachable", RolloutErrorKind.Unavailable, "no answer"));
        Assert.Equal((Verdict.Undecided, "no answer"), ((await OneAsync(GateCriteria.CriticalAlerts)).Verdict, (await OneAsync(GateCriteria.CriticalAlerts)).Reason));
        var without = new GateEvaluator(new ClusterChecks(workloads, pods, null, clock, SamplePlan.Plan, SamplePlan.Environment), SamplePlan.Plan);
        Assert.Equal(Verdict.Undecided, Assert.Single(await without.EvaluateAsync(Gate(GateCriteria.CriticalAlerts, null), state, clock.Now, Token)).Verdict);
    }

    [Fact]
    public async Task Health_asks_the_pods_of_the_new_colour()
    {
        Assert.All(await EvaluateAsync(GateCriteria.HealthChecks), finding => Assert.Equal(Verdict.Go, finding.Verdict));
        pods.GetFromPodAsync("stock-blue-2", 0, "", Token).ReturnsForAnyArgs(call => new PodResponse(call.ArgAt<string>(0) == "stock-blue-2" ? 503 : 200, ""));
        var bad = Assert.Single(await EvaluateAsync(GateCriteria.HealthChecks), finding => finding.Verdict == Verdict.NoGo);
        Assert.Equal(("stock", "health"), (bad.Subject, bad.Trigger));
    }

    [Fact]
    public async Task Resources_ask_both_colours()
    {
        workloads.ReadUsageAsync(Token).ReturnsForAnyArgs([.. new[] { "shop", "stock", "shop-blue", "stock-blue" }.SelectMany(name => new[] { new PodUsage(name + "-1", 1, 500), new PodUsage(name + "-2", name == "shop" ? 1.5 : 1, 500) })]);
        var findings = await EvaluateAsync(GateCriteria.ResourceUsage);
        Assert.Equal([(Verdict.NoGo, "cpu", 0.75), (Verdict.Go, "memory", 0.5)], findings.Select(finding => (finding.Verdict, finding.Trigger, finding.Measured!.Value)));
    }

    [Theory]
    [InlineData(4, Verdict.Go)]
    [InlineData(6, Verdict.Undecided)]
    public async Task A_judgement_that_is_not_fresh_decides_nothing(int minutes, Verdict expected)
    {
        state = state with { Sample = Sample(new Finding { Criterion = GateCriteria.ErrorRateDelta, Subject = "blue", Verdict = Verdict.Go, Reason = "", Limit = 0.001 }) with { At = clock.Now.AddMinutes(-minutes) } };
        Assert.Equal(expected, (await OneAsync(GateCriteria.ErrorRateDelta)).Verdict);
    }

    [Theory]
    [InlineData(Verdict.Go)]
    [InlineData(Verdict.NoGo)]
    [InlineData(Verdict.Undecided)]
    public async Task The_last_stage_is_stable_only_while_the_newest_judgement_says_so(Verdict newest)
    {
        state = state with
        {
            Stage = new CanaryStageStarted(50, clock.Now), StageAt = clock.Now.AddMinutes(-30), StageEnd = new CanaryStageEnded(50, Verdict.Go, "because"),
            Sample = Sample(new Finding { Criterion = GateCriteria.ErrorRateDelta, Subject = "blue", Verdict = newest, Reason = "" }) with { Percent = 50 },
        };
        Assert.Equal(newest, (await OneAsync(GateCriteria.CanaryStable, 20 * 60)).Verdict);
    }

    [Theory]
    [InlineData(25, Verdict.Go, 60, Verdict.Undecided)] // not the last stage
    [InlineData(50, Verdict.Go, 19, Verdict.Undecided)] // not long enough
    [InlineData(50, null, 60, Verdict.Undecided)] // not judged
    [InlineData(50, Verdict.Undecided, 60, Verdict.Undecided)]
    [InlineData(50, Verdict.NoGo, 60, Verdict.NoGo)]
    [InlineData(50, Verdict.Go, 20, Verdict.Go)]
    public async Task The_last_stage_must_have_stood_for_its_time(int percent, Verdict? ended, int minutes, Verdict expected)
    {
        state = state with
        {
            Stage = new CanaryStageStarted(percent, clock.Now), StageAt = clock.Now.AddMinutes(-minutes),
            StageEnd = ended is { } verdict ? new CanaryStageEnded(percent, verdict, "because") : null,
        };
        Assert.Equal(expected, (await OneAsync(GateCriteria.CanaryStable, 20 * 60)).Verdict);
    }

    [Fact]
    public async Task Business_approval_is_its_checklist()
    {
        Assert.Equal(Verdict.Undecided, (await OneAsync(GateCriteria.BusinessApproval)).Verdict);
        var plan = SamplePlan.Plan with { Checklists = [new PlanChecklist("business approval", "Cutover", ["Board", "Customers told"])] };
        state = state with { Confirmed = state.Confirmed.Add("business approval/Board") };
        var open = await OneAsync(GateCriteria.BusinessApproval, plan: plan);
        Assert.Equal(Verdict.Undecided, open.Verdict);
        Assert.Contains("Customers told", open.Reason, StringComparison.Ordinal);
        state = state with { Confirmed = state.Confirmed.Add("business approval/customers told") };
        Assert.Equal(Verdict.Go, (await OneAsync(GateCriteria.BusinessApproval, plan: plan)).Verdict);
    }

    private static PlanGate Gate(string criterion, double? limit) => new() { Name = "Canary", Phase = "Canary", Criteria = [new PlanGateCriterion(criterion, limit)], Deciders = ["CTO"] };

    private static ActiveAlert Alert(string fingerprint, string severity) => new(fingerprint, "Alert", severity, DateTimeOffset.UnixEpoch, new Dictionary<string, string>(), "summary");

    private CanarySample Sample(Finding finding) => new()
    {
        At = clock.Now, Percent = 5, Canary = new ColourSample { Colour = "blue" }, Baseline = new ColourSample { Colour = "green" }, Verdict = finding.Verdict, Reason = "", Findings = [finding],
    };

    private async Task<Finding> OneAsync(string criterion, double? limit = null, RolloutPlan? plan = null) => Assert.Single(await EvaluateAsync(criterion, limit, plan));

    private Task<IReadOnlyList<Finding>> EvaluateAsync(string criterion, double? limit = null, RolloutPlan? plan = null) =>
        new GateEvaluator(new ClusterChecks(workloads, pods, alerts, clock, plan ?? SamplePlan.Plan, SamplePlan.Environment), plan ?? SamplePlan.Plan)
            .EvaluateAsync(Gate(criterion, limit), state, clock.Now, TestContext.Current.CancellationToken);
}
