using VisionRollout.Core.Canary;
using VisionRollout.Core.Databases.Migrations;
using VisionRollout.Core.Evidence;
using VisionRollout.Core.Gates;
using VisionRollout.Core.Journal;
using VisionRollout.Core.Metrics;
using VisionRollout.Core.Plan;

namespace VisionRollout.Core.Tests.Report;

/// <summary>A rollout of the plan document's day, as its journal would hold it.</summary>
internal sealed class SampleRollout
{
    public const string Hostile = "<script>alert(1)</script>\"'`|*_&";
    private static readonly DateTimeOffset Day = new(2026, 11, 23, 0, 0, 0, TimeSpan.Zero);
    private readonly List<JournalRecord> records = [];
    private DateTimeOffset now = Day;

    public static RolloutPlan Plan { get; } = new()
    {
        Name = "vision-to-code",
        Title = "Vision-to-Code Production Rollout",
        Path = "rollout.psd1",
        Hash = new string('a', 64),
        Colours = new PlanColours("deployment-color", ["green", "blue"]),
        Environments = [],
        Services = [],
        Timeline =
        [
            Row("Preparation", 9, 0, 30, "Team sync, final checks", "All systems go"), Row("Database", 9, 30, 30, "Backup, migrations", "Migrations successful"),
            Row("Blue Deploy", 10, 0, 90, "Deploy, test, validate", "Blue env healthy"), Row("Canary", 11, 30, 90, "Progressive rollout", "Error rate < 0.1%"),
            Row("Cutover", 13, 0, 60, "Full traffic switch", "Zero downtime"), Row("Validation", 14, 0, 60, "Tests, monitoring", "All tests pass"),
            Row("Stabilization", 15, 0, 120, "Monitor, optimize", "Stable metrics"), Row("Complete", 17, 0, 0, "Final sign-off", "Deployment successful"),
        ],
        Canary = new PlanCanary { Stages = [new(0.05, TimeSpan.FromMinutes(30)), new(0.10, TimeSpan.FromMinutes(20)), new(0.25, TimeSpan.FromMinutes(20)), new(0.50, TimeSpan.FromMinutes(20))] },
        Gates =
        [
            new PlanGate { Name = "Canary", Phase = "Canary", Criteria = [new(GateCriteria.ErrorRateDelta, 0.001), new(GateCriteria.LatencyDelta, 10)], Deciders = ["Tech Lead", "DevOps Lead"] },
            new PlanGate { Name = "Cutover", Phase = "Cutover", Criteria = [new(GateCriteria.Incidents, null)], Deciders = ["CTO", "VP Engineering"], RequireAll = false },
        ],
        SuccessCriteria =
        [
            new PlanCriterion { Name = "Availability", Category = "Technical", Metric = "Availability", Comparison = Comparison.Above, Limit = 0.9999 },
            new PlanCriterion { Name = "Response Time", Category = "Technical", Metric = "LatencyP99", Comparison = Comparison.Below, Limit = 100 },
            new PlanCriterion { Name = "Error Rate", Category = "Technical", Metric = "ErrorRate", Comparison = Comparison.Below, Limit = 0.001 },
            new PlanCriterion { Name = "Rollback Capability", Category = "Operational", Metric = "RollbackDuration", Comparison = Comparison.Below, Limit = 900 },
        ],
        Risks = [],
        Checklists = [],
        Contacts = [],
        Channels = [],
        Messages = [],
        Rollback = new PlanRollback(TimeSpan.FromMinutes(15), TimeSpan.FromHours(24)),
    };

    public IReadOnlyList<JournalRecord> Records => records;

    /// <summary>The day as it should go.</summary>
    public static SampleRollout Good()
    {
        var day = new SampleRollout();
        day.Begin();
        day.Canary(percents: [5, 10, 25, 50], canaryErrors: 0.0003);
        day.Gate("Canary");
        day.At(12, 58).Add(new PhaseCompleted("Canary"));
        day.At(13, 1).Phase("Cutover", 13, 14);
        day.Move(1, "Cutover");
        day.Gate("Cutover");
        day.At(13, 52).Add(new PhaseCompleted("Cutover"));
        day.At(14, 0).Phase("Validation", 14, 15);
        day.At(14, 50).Add(new PhaseCompleted("Validation"));
        day.At(15, 0).Phase("Stabilization", 15, 17);
        day.At(16, 55).Add(new PhaseCompleted("Stabilization"));
        day.Add(new TrafficMeasured(18_234, 0, 0, 0, 6_078, 0, "rehearsal probe"));
        day.Add(new SuccessMeasured(Verdict.Go, [Criterion("Availability", 0.999995, "share"), Criterion("LatencyP99", 61.2, "ms"), Criterion("ErrorRate", 0.00031, "share"), Criterion("RollbackDuration", 12.5, "s")]));
        day.At(17, 0).Phase("Complete", 17, 17);
        day.Add(new MessageSent("done", "Complete", "#deployment-status", "[17:00] 🎉 Production deployment successful!"));
        day.Add(new PhaseCompleted("Complete"));
        day.Add(new RolloutCompleted(RolloutOutcome.Succeeded, "blue serves everything and all success criteria are met."));
        return day;
    }

    /// <summary>A new version with errors: stopped and taken back.</summary>
    public static SampleRollout Bad()
    {
        var day = new SampleRollout();
        day.Begin();
        day.Add(new StepStarted("Canary", "Watch 5 %"));
        day.Canary(percents: [5], canaryErrors: 0.02, polls: 2);
        day.Add(new CanaryStageEnded(5, Verdict.NoGo, "The error rate rises by more than 0.1 points."));
        day.Add(new StepFailed("Canary", "Watch 5 %", "Canary 5 %: the error rate rises.", "error-rate", []));
        day.Add(new PhaseFailed("Canary", "Canary 5 %: the error rate rises.", "error-rate"));
        day.Add(new ContingencyStarted("Performance degradation", "Immediate rollback", "error-rate", Hostile));
        day.Move(0, "Contingency");
        day.Add(new ContingencyActionDone("Performance degradation", Enum.GetValues<ContingencyAction>()[0], true, "green serves everything"));
        day.Add(new RolledBack("error rate", 9.5, ["traffic to green"], []));
        day.Add(new ContingencyCompleted("Performance degradation", true, 11));
        day.Add(new RolloutCompleted(RolloutOutcome.RolledBack, "green serves everything again."));
        return day;
    }

    public SampleRollout Add(JournalEntry entry)
    {
        records.Add(new JournalRecord { Sequence = records.Count + 1, At = now, By = "ops@runner-1/4711", Previous = "", Entry = entry });
        now += TimeSpan.FromSeconds(2);
        return this;
    }

    private static PlanPhase Row(string name, int hour, int minute, int length, string activities, string criterion) =>
        new() { Name = name, Start = new TimeOnly(hour, minute), Duration = TimeSpan.FromMinutes(length), Activities = activities, Criterion = criterion };

    private static Finding Criterion(string name, double value, string unit) =>
        new() { Criterion = name, Subject = "rollout", Verdict = Verdict.Go, Reason = "Within the limit.", Measured = value, Unit = unit, Source = "mesh", Window = TimeSpan.FromHours(8) };

    private SampleRollout At(int hour, int minute)
    {
        now = Day.AddHours(hour).AddMinutes(minute);
        return this;
    }

    private void Phase(string name, int from, int to) => Add(new PhaseStarted(name, Day.AddHours(from), Day.AddHours(to)));

    private void Begin()
    {
        At(9, 0).Add(new RolloutStarted("20261123-090000", "vision-to-code", "rollout.psd1", new string('a', 64), "production", "v1.1.0", "v1.0.0", "green", "blue", new DateOnly(2026, 11, 23), "john@vision-to-code.com", []));
        Phase("Preparation", 9, 9);
        Add(new ChecklistConfirmed("Team Briefing", "Runbooks reviewed", "jane@vision-to-code.com", ""));
        At(9, 24).Add(new PhaseCompleted("Preparation"));
        At(9, 30).Phase("Database", 9, 10);
        Add(new StepStarted("Database", "Backup"));
        Add(new BackupTaken("business", "business_production", "pre-deployment", "backups/business/1.dump", 5_300_000, 2.4, 120_000, new string('b', 64)));
        Add(new BackupVerified("business", "backups/business/1.dump", Verdict.Go, "All tables have the same rows."));
        Add(new StepCompleted("Database", "Backup", System.Text.Json.JsonDocument.Parse("[]").RootElement));
        Add(new MigrationsPreflighted("business", "backups/business/1.dump", Verdict.Go, "1 migration runs.", [new("20261120", Reversibility.Reversible, "Nothing is lost.")],
            [new(MigrationRule.IndexNotConcurrent, MigrationVerdict.Warning, "orders is small.", "Write CONCURRENTLY.", "public.orders")]));
        Add(new MigrationsApplied("business", "20261001", "20261120", ["20261101", "20261120"], 1.2));
        At(9, 51).Add(new PhaseCompleted("Database"));
        At(9, 55).Add(new RolloutResumed("john@vision-to-code.com", new string('a', 64)));
        At(10, 0).Phase("Blue Deploy", 10, 11);
        Add(new ServiceDeployed("business", "blue", "business-service-blue", "v1.1.0", true));
        Add(new EvidenceTaken("Test-Deployment blue", Verdict.Go, [Criterion("HealthChecks", 3, "count")]));
        At(11, 12).Add(new PhaseCompleted("Blue Deploy"));
        At(11, 30).Phase("Canary", 11, 13);
    }

    private void Move(double weight, string reason) => Add(new TrafficMoved(new Dictionary<string, double>(),
        new Dictionary<string, double> { ["green"] = 1 - weight, ["blue"] = weight }, null, reason, 3.2, weight, "counters of the mesh"));

    private void Gate(string name)
    {
        Add(new GateOpened(name, Verdict.Go, [Criterion("ErrorRateDelta", 0.0001, "share")], now.AddMinutes(15)));
        var seen = SeenEvidence.Of([Criterion("ErrorRateDelta", 0.0001, "share"), Criterion("HealthChecks", 7, "count") with { Verdict = Verdict.Undecided }], "blue 50 %, green 50 %");
        if (name == "Canary")
        {
            Add(new GateApproved(name, "Tech Lead", "jane@vision-to-code.com", "too early", new string('a', 64), null) { Seen = seen });
            Add(new ApprovalsExpired(name, "ErrorRateDelta (blue) was met and is Undecided now", All: false));
        }

        Add(new GateApproved(name, "Tech Lead", "jane@vision-to-code.com", Hostile, new string('a', 64), null) { Seen = seen });
        Add(new GateApproved(name, "DevOps Lead", "bob@vision-to-code.com", "", new string('a', 64), null));
        Add(new GateDecided(name, Verdict.Go, "All criteria are met and the deciders approved.", [Criterion("ErrorRateDelta", 0.0001, "share")]));
    }

    private void Canary(int[] percents, double canaryErrors, int polls = 30)
    {
        var mesh = new SampleMesh();
        var samples = new List<CanarySample>();
        foreach (var percent in percents)
        {
            Move(percent / 100.0, $"Canary {percent} %");
            Add(new CanaryStageStarted(percent, now.AddMinutes(20)));
            var judge = new CanaryJudge(Plan.Canary, percent, new CanaryArm("blue", ["shop-blue"]), new CanaryArm("green", ["shop"]), samples);
            for (var poll = 0; poll <= polls; poll++)
            {
                samples.Add(judge.Add(mesh.Serve(now, percent / 100.0, canaryErrors)));
                Add(new CanarySampled(samples[^1]));
                now += TimeSpan.FromSeconds(38);
            }

            if (polls > 5) Add(new CanaryStageEnded(percent, samples[^1].Verdict, samples[^1].Reason));
        }
    }
}
