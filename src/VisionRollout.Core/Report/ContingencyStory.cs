using VisionRollout.Core.Evidence;
using VisionRollout.Core.Journal;

namespace VisionRollout.Core.Report;

/// <summary>Tells what went wrong and what was done about it.</summary>
internal static class ContingencyStory
{
    /// <summary>The events in order; empty when nothing went wrong.</summary>
    public static IReadOnlyList<ReportEvent> Tell(IEnumerable<JournalRecord> records)
    {
        var story = new List<ReportEvent>();
        var reached = new ReachedUsers();
        foreach (var record in records)
        {
            reached.Add(record);
            if (Event(record, story.Count > 0) is { } told) story.Add(record.Entry is CanaryStageEnded or GateDecided ? told with { Detail = $"{told.Detail.TrimEnd('.')}. {reached.Tell(record.At)}" } : told);
        }

        return story;
    }

    private static ReportEvent? Event(JournalRecord record, bool underWay) => record.Entry switch
    {
        CanaryStageEnded { Verdict: Verdict.NoGo } end => new(record.At, $"The canary was stopped at {end.Percent} %", end.Reason, false),
        GateDenied denied => new(record.At, $"Gate {denied.Gate} was denied by {denied.Role}", $"{denied.Identity}: {denied.Reason}", false),
        GateDecided { Verdict: Verdict.NoGo } decided => new(record.At, $"Gate {decided.Gate} was decided NoGo", decided.Reason, false),
        StepFailed failed => new(record.At, $"Step {failed.Step} failed ({failed.Phase})", failed.Error, false),
        PhaseFailed failed => new(record.At, $"Phase {failed.Phase} failed", failed.Error, false),
        StopRequested stop => new(record.At, $"Emergency stop by {stop.Identity}", stop.Reason),
        ContingencyStarted start => new(record.At, $"{start.Risk}: {start.Contingency}", start.Trigger.Length > 0 ? $"{start.Cause} (trigger: {start.Trigger})" : start.Cause),
        ContingencyActionDone done => new(record.At, $"Action {done.Action}", done.Detail, done.Succeeded),
        TrafficMoved moved when underWay => new(record.At, $"Traffic moved to {string.Join(", ", moved.Weights.Select(item => $"{item.Key} {item.Value * 100:0.#} %"))}", $"{moved.Reason} ({moved.Confirmation}, {moved.Seconds:0.0} s)", true),
        MigrationsUndone undone => new(record.At, $"Migrations of {undone.Service} taken back", string.Join(", ", undone.Versions), true),
        ContingencyCompleted end => new(record.At, $"Contingency ended after {end.Seconds:0.0} s", end.Risk, end.Succeeded),
        RolledBack back => new(record.At, $"Rolled back in {back.Seconds:0.0} s", RolledBackDetail(back), back.NotDone.Count == 0),
        RolloutCompleted { Outcome: not RolloutOutcome.Succeeded } end => new(record.At, $"The rollout ended: {end.Outcome}", end.Summary),
        _ => null,
    };

    private static string RolledBackDetail(RolledBack back) =>
        back.Reason + (back.Done.Count > 0 ? $" Taken back: {string.Join("; ", back.Done)}." : "") + (back.NotDone.Count > 0 ? $" Not taken back: {string.Join("; ", back.NotDone)}." : "");
}
