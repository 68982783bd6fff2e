using System.Text;

namespace VisionRollout.Core.Report;

/// <summary>Renders a report as Markdown (GitHub flavour) for tickets and wikis.</summary>
public static class MarkdownReport
{
    /// <summary>The Markdown text.</summary>
    /// <param name="report">The report.</param>
    public static string Render(RolloutReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var text = new StringBuilder();
        Head(text, report);
        Contingency(text, report);
        Timeline(text, report);
        Criteria(text, report);
        Gates(text, report);
        Canary(text, report);
        Records(text, report);
        return text.ToString();
    }

    // Nothing from outside may begin markup, close a cell or become a link or an element.
    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length + 8);
        foreach (var letter in text.ReplaceLineEndings(" "))
        {
            if ("\\`*_{}[]()#+!|<>~&".Contains(letter, StringComparison.Ordinal)) escaped.Append('\\');
            escaped.Append(letter);
        }

        return escaped.ToString();
    }

    private static void Table(StringBuilder text, string heading, IReadOnlyList<string> headings, IEnumerable<IReadOnlyList<string>> rows)
    {
        var lines = rows.ToList();
        if (lines.Count == 0) return;
        text.Append("\n## ").Append(heading).Append("\n\n| ").AppendJoin(" | ", headings).Append(" |\n|").Append(string.Concat(headings.Select(_ => " --- |"))).Append('\n');
        foreach (var line in lines) text.Append("| ").AppendJoin(" | ", line.Select(Escape)).Append(" |\n");
    }

    private static void Head(StringBuilder text, RolloutReport report)
    {
        var start = report.Started;
        text.Append("# ").Append(Escape($"{report.Title}: {start.Version}")).Append("\n\n**").Append(HtmlReport.Outcome(report).Text).Append("** ").Append(Escape(report.Summary)).Append("\n\n");
        text.Append("- ").Append(Escape($"{start.Environment}, {start.FromVersion} ({start.FromColour}) to {start.Version} ({start.ToColour})")).Append('\n');
        text.Append("- ").Append(Escape($"{ReportText.DateAndTime(report.StartedAt)} to {ReportText.DateAndTime(report.LastAt)}, {ReportText.Duration(report.LastAt - report.StartedAt)}")).Append('\n');
        text.Append("- ").Append(Escape($"Started by {start.StartedBy} from {string.Join(", ", report.Writers)}; resumed {report.Resumes.Count} times; plan {start.PlanHash}")).Append('\n');
        if (report.Traffic is { } traffic)
            text.Append("- ").Append(Escape($"{ReportText.Number(traffic.Requests, 0)} requests: {traffic.Lost} lost, {traffic.Duplicated} duplicated, {traffic.Misrouted} misrouted; {traffic.AcknowledgedWrites} writes acknowledged, {traffic.MissingWrites} missing")).Append('\n');
    }

    private static void Contingency(StringBuilder text, RolloutReport report)
    {
        if (report.Contingency.Count == 0) return;
        text.Append("\n## What went wrong, and what was done\n\n");
        foreach (var told in report.Contingency)
            text.Append("1. ").Append(ReportText.Time(told.At)).Append(" **").Append(Escape(told.Title)).Append("** ").Append(Escape(told.Detail)).Append(told.Succeeded switch { true => " (done)", false => " (failed)", null => "" }).Append('\n');
    }

    private static void Timeline(StringBuilder text, RolloutReport report) =>
        Table(text, "Timeline", ["Phase", "Planned", "Actual", "Status", "Activities"], report.Phases.Select(phase => new[]
        {
            phase.Name, $"{ReportText.Clock(phase.PlannedStart)}–{ReportText.Clock(phase.PlannedEnd)}",
            phase.Start is null ? ReportText.None : $"{ReportText.Time(phase.Start)}–{ReportText.Time(phase.End)}", phase.Status.ToString(), phase.Activities,
        }));

    private static void Criteria(StringBuilder text, RolloutReport report) =>
        Table(text, "Success criteria", ["Criterion", "Limit", "Measured", "Verdict", "Why"], report.Criteria.Select(criterion => new[]
        {
            criterion.Name, ReportText.Limit(criterion), ReportText.Value(criterion.Finding?.Measured, criterion.Finding?.Unit ?? criterion.Unit),
            criterion.Finding?.Verdict.ToString() ?? ReportText.None, criterion.Finding?.Reason ?? "Not measured.",
        }));

    private static void Gates(StringBuilder text, RolloutReport report)
    {
        Table(text, "Gates", ["Gate", "Decision", "At", "Why", "Deciders"], report.Gates.Select(gate => new[]
        {
            gate.Name, gate.Verdict?.ToString() ?? "not decided", ReportText.Time(gate.DecidedAt), gate.Reason,
            string.Join("; ", gate.Decisions.Select(decision => $"{decision.Role} {decision.Identity} {(decision.Approved ? "approved" : "denied")} at {ReportText.Time(decision.At)}{(decision.Comment.Length > 0 ? ": " + decision.Comment : "")}{(ReportText.Seen(decision) is { Length: > 0 } seen ? $" ({seen})" : "")}")),
        }));
        Table(text, "What the deciders saw", ["Gate", "Who", "At", "Criterion", "Subject", "Verdict", "Measured", "Limit", "Why"], report.Gates.SelectMany(gate => gate.Decisions.SelectMany(decision => (decision.Seen?.Findings ?? []).Select(finding => new[]
        {
            gate.Name, $"{decision.Role} {decision.Identity}", ReportText.Time(decision.At), finding.Criterion, finding.Subject, finding.Verdict.ToString(), ReportText.Value(finding.Measured, finding.Unit), ReportText.Value(finding.Limit, finding.Unit), finding.Reason,
        }))));
        Table(text, "Evidence of the gates", ["Gate", "Criterion", "Subject", "Verdict", "Measured", "Limit", "Why"], report.Gates.SelectMany(gate => gate.Findings.Select(finding => new[]
        {
            gate.Name, finding.Criterion, finding.Subject, finding.Verdict.ToString(), ReportText.Value(finding.Measured, finding.Unit), ReportText.Value(finding.Limit, finding.Unit), finding.Reason,
        })));
    }

    private static void Canary(StringBuilder text, RolloutReport report) =>
        Table(text, "Canary", ["Stage", "From", "To", "Verdict", "Why"], report.Stages.Select(stage => new[]
        {
            $"{stage.Percent} %", ReportText.Time(stage.Start), ReportText.Time(stage.End), stage.Verdict.ToString(), stage.Reason,
        }));

    private static void Records(StringBuilder text, RolloutReport report)
    {
        Table(text, "Traffic", ["Time", "Weights", "Reason", "Confirmed by"], report.Moves.Select(move => new[]
        {
            ReportText.Time(move.At), string.Join(", ", move.Weights.Select(item => $"{item.Key} {ReportText.Share(item.Value)}")), move.Reason, move.Confirmation,
        }));
        Table(text, "Backups", ["Service", "Location", "Size", "Rows"], report.Backups.Select(backup => new[] { backup.Service, backup.Location, ReportText.Size(backup.Bytes), ReportText.Number(backup.Rows, 0) }));
        Table(text, "Test restores", ["Service", "Verdict", "Why", "Location"], report.Restores.Select(restore => new[] { restore.Service, restore.Verdict.ToString(), restore.Reason, restore.Location }));
        Table(text, "Preflights of migrations", ["Service", "Verdict", "Why", "Can be taken back", "Findings"], report.Preflights.Select(preflight => new[]
        {
            preflight.Service, preflight.Verdict.ToString(), preflight.Reason, string.Join("; ", preflight.Migrations.Select(item => $"{item.Version}: {item.Reversibility}")),
            string.Join(" ", preflight.Findings.Select(finding => $"{finding.Verdict}, {finding.Rule}: {finding.Reason} {finding.Remedy}")),
        }));
        Table(text, "Migrations", ["Time", "Service", "Schema"], report.Migrations.Select(Row));
        Table(text, "Messages", ["Time", "Message", "Text"], report.Messages.Select(Row));
        Table(text, "Resumes", ["Time", "Event", "By"], report.Resumes.Select(Row));
    }

    private static string[] Row(ReportEvent item) => [ReportText.Time(item.At), item.Title, item.Detail];
}
