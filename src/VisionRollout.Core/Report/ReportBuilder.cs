using VisionRollout.Core.Canary;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Evidence;
using VisionRollout.Core.Journal;
using VisionRollout.Core.Plan;
using VisionRollout.Core.State;

namespace VisionRollout.Core.Report;

/// <summary>Builds the report of a rollout from its plan and its journal; nothing else goes in.</summary>
public sealed class ReportBuilder
{
    private readonly RolloutPlan plan;
    private readonly IReadOnlyList<JournalRecord> records;
    private readonly RolloutState state;

    private ReportBuilder(RolloutPlan plan, IReadOnlyList<JournalRecord> records)
    {
        this.plan = plan;
        this.records = records;
        state = RolloutState.From(records) ?? throw new RolloutException("NoRollout", RolloutErrorKind.InvalidState,
            "The journal holds no rollout.", "Run Start-Rollout first.");
    }

    /// <summary>Builds the report.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="records">The journal's records, in order.</param>
    /// <exception cref="RolloutException">The journal holds no rollout.</exception>
    public static RolloutReport Build(RolloutPlan plan, IReadOnlyList<JournalRecord> records)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(records);
        return new ReportBuilder(plan, records).Build();
    }

    private RolloutReport Build() => new()
    {
        Title = plan.Title,
        Started = state.Started,
        StartedAt = state.StartedAt,
        LastAt = state.LastAt,
        Outcome = state.Completed?.Outcome,
        Summary = state.Completed?.Summary ?? "",
        Writers = [.. records.Select(record => record.By).Distinct()],
        Resumes = Events<RolloutResumed>(entry => "Started again", entry => "by " + entry.ResumedBy),
        Phases = Phases(),
        Steps = [.. state.Steps.Select(step => new ReportStep(step.Phase, step.Step, step.Status, step.StartedAt, step.EndedAt, step.Attempts, step.Failure?.Error ?? ""))],
        Gates = [.. GateNames().Select(Gate)],
        Criteria = Criteria(),
        Traffic = Entries<TrafficMeasured>().LastOrDefault(),
        Moves = [.. Of<TrafficMoved>().Select(item => new ReportMove(item.At, item.Entry.Weights, item.Entry.Reason, item.Entry.Seconds, item.Entry.ObservedShare, item.Entry.Confirmation))],
        Stages = Stages(),
        Samples = [.. Entries<CanarySampled>().Select(entry => entry.Sample with { Findings = [] })],
        Contingency = ContingencyStory.Tell(records),
        Checks = [.. Entries<EvidenceTaken>()],
        Confirmations = Events<ChecklistConfirmed>(entry => $"{entry.Checklist}: {entry.Item}", entry => entry.Comment.Length > 0 ? $"{entry.Identity}: {entry.Comment}" : entry.Identity),
        Messages = Events<MessageSent>(entry => $"{entry.Name} → {entry.Channel}", entry => entry.Text),
        Backups = [.. Entries<BackupTaken>()],
        Restores = [.. Entries<BackupVerified>()],
        Preflights = [.. Entries<MigrationsPreflighted>()],
        Migrations = Migrations(),
        Deployments = [.. Entries<ServiceDeployed>()],
        LatencyLimit = Limit("LatencyP99"),
        ErrorRateLimit = Limit("ErrorRate"),
    };

    private static bool Same(string left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);

    private IEnumerable<(DateTimeOffset At, T Entry)> Of<T>()
        where T : JournalEntry
    {
        foreach (var record in records)
        {
            if (record.Entry is T entry) yield return (record.At, entry);
        }
    }

    private IEnumerable<T> Entries<T>()
        where T : JournalEntry => Of<T>().Select(item => item.Entry);

    private List<ReportEvent> Events<T>(Func<T, string> title, Func<T, string> detail)
        where T : JournalEntry => [.. Of<T>().Select(item => new ReportEvent(item.At, title(item.Entry), detail(item.Entry)))];

    private double? Limit(string metric) => plan.SuccessCriteria.FirstOrDefault(criterion => Same(criterion.Metric, metric))?.Limit;

    private List<ReportPhase> Phases()
    {
        var planned = plan.Timeline.Select(phase =>
        {
            var start = new DateTimeOffset(state.Started.Day.ToDateTime(phase.Start), TimeSpan.Zero);
            return Phase(phase.Name, phase.Activities, phase.Criterion, start, start + phase.Duration);
        });
        var others = state.Phases.Where(phase => plan.FindPhase(phase.Phase) is null)
            .Select(phase => Phase(phase.Phase, "", "", phase.StartedAt, phase.EndedAt ?? phase.StartedAt));
        return [.. planned, .. others];
    }

    private ReportPhase Phase(string name, string activities, string criterion, DateTimeOffset start, DateTimeOffset end)
    {
        var actual = state.FindPhase(name);
        return new ReportPhase(name, activities, criterion, start, end, actual?.Status ?? ActivityStatus.Pending, actual?.StartedAt, actual?.EndedAt, actual?.Error ?? "");
    }

    private IEnumerable<string> GateNames() =>
        plan.Gates.Select(gate => gate.Name).Concat(state.Gates.Keys).Distinct(StringComparer.OrdinalIgnoreCase);

    private ReportGate Gate(string name)
    {
        var gate = state.FindGate(name);
        var rule = plan.FindGate(name);
        var denials = Of<GateDenied>().Where(item => Same(item.Entry.Gate, name)).Select(item => new ReportDecision(item.At, false, item.Entry.Role, item.Entry.Identity, item.Entry.Reason, ""));
        return new ReportGate
        {
            Name = rule?.Name ?? name,
            Deciders = rule?.Deciders ?? [],
            RequireAll = rule?.RequireAll ?? false,
            OpenedAt = gate.OpenedAt,
            DecidedAt = Of<GateDecided>().Where(item => Same(item.Entry.Gate, name)).Select(item => (DateTimeOffset?)item.At).LastOrDefault(),
            Verdict = gate.Decision?.Verdict,
            Reason = gate.Decision?.Reason ?? "",
            Findings = gate.Decision is { Findings.Count: > 0 } decision ? decision.Findings : gate.Opened?.Findings ?? [],
            Decisions = [.. Approvals(name).Concat(denials).OrderBy(decision => decision.At)],
        };
    }

    // In the journal's order: an expiry ends what was approved before it.
    private IEnumerable<ReportDecision> Approvals(string gate)
    {
        var approvals = new List<(GateApproved Entry, ReportDecision Decision)>();
        foreach (var record in records)
        {
            if (record.Entry is GateApproved approved && Same(approved.Gate, gate))
                approvals.Add((approved, new ReportDecision(record.At, true, approved.Role, approved.Identity, approved.Comment, approved.PlanHash) { Seen = approved.Seen }));
            if (record.Entry is not ApprovalsExpired expired || !Same(expired.Gate, gate)) continue;
            for (var index = 0; index < approvals.Count; index++)
            {
                if (approvals[index] is { Decision.Expired: "" } approval && expired.Covers(approval.Entry, record.At))
                    approvals[index] = (approval.Entry, approval.Decision with { Expired = expired.Reason });
            }
        }

        return approvals.Select(item => item.Decision);
    }

    private List<ReportCriterion> Criteria()
    {
        var measured = state.Success?.Findings ?? [];
        var planned = plan.SuccessCriteria.Select(criterion => new ReportCriterion(criterion.Name, criterion.Category, criterion.Comparison, criterion.Limit,
            SuccessMetrics.Units.GetValueOrDefault(criterion.Metric, ""), measured.LastOrDefault(finding => Names(criterion, finding)))).ToList();
        var others = measured.Where(finding => !plan.SuccessCriteria.Any(criterion => Names(criterion, finding)))
            .Select(finding => new ReportCriterion(finding.Criterion, "", null, finding.Limit, finding.Unit, finding));
        return [.. planned, .. others];
    }

    private static bool Names(PlanCriterion criterion, Finding finding) => Same(criterion.Name, finding.Criterion) || Same(criterion.Metric, finding.Criterion);

    private List<ReportStage> Stages()
    {
        var stages = new List<ReportStage>();
        foreach (var record in records)
        {
            if (record.Entry is CanaryStageStarted start) stages.Add(new ReportStage(start.Percent, record.At, null, Verdict.Undecided, ""));
            if (record.Entry is CanaryStageEnded end && stages.FindLastIndex(stage => stage.Percent == end.Percent) is >= 0 and var index)
                stages[index] = stages[index] with { End = record.At, Verdict = end.Verdict, Reason = end.Reason };
        }

        return stages;
    }

    private List<ReportEvent> Migrations() =>
    [
        .. Events<MigrationsApplied>(entry => $"{entry.Service}: {entry.Versions.Count} applied{(entry.Interrupted ? " by a run that was interrupted" : "")}", entry => $"{Schema(entry.Before)} → {Schema(entry.After)} in {entry.Seconds:0.0} s")
            .Concat(Events<MigrationsUndone>(entry => $"{entry.Service}: {entry.Versions.Count} taken back", entry => $"{Schema(entry.Before)} → {Schema(entry.After)}"))
            .OrderBy(item => item.At),
    ];

    private static string Schema(string version) => version.Length > 0 ? version : "empty";
}
