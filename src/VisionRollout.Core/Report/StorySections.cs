namespace VisionRollout.Core.Report;

/// <summary>What happened: summary, what went wrong, timeline.</summary>
internal static class StorySections
{
    public static void Write(HtmlWriter html, RolloutReport report)
    {
        Summary(html, report);
        if (report.Contingency.Count > 0) Contingency(html, report);
        Timeline(html, report);
    }

    private static void Summary(HtmlWriter html, RolloutReport report)
    {
        html.Section("summary", "Summary").Raw("<ul class=\"tiles\">");
        Tile(html, ReportText.Duration(report.LastAt - report.StartedAt), report.Outcome is null ? "so far" : "from start to end");
        Tile(html, $"{report.Criteria.Count(criterion => criterion.Finding?.Verdict == Evidence.Verdict.Go)} of {report.Criteria.Count}", "success criteria met");
        Tile(html, $"{report.Gates.Count(gate => gate.Verdict == Evidence.Verdict.Go)} of {report.Gates.Count}", "gates passed");
        if (report.Traffic is { } traffic)
        {
            Tile(html, ReportText.Number(traffic.Requests, 0), "probe requests");
            Tile(html, $"{traffic.Lost} / {traffic.Duplicated} / {traffic.Misrouted}", "lost / duplicated / misrouted");
            Tile(html, $"{ReportText.Number(traffic.AcknowledgedWrites - traffic.MissingWrites, 0)} of {ReportText.Number(traffic.AcknowledgedWrites, 0)}", "acknowledged writes found");
        }

        html.Raw("</ul>").EndSection();
    }

    private static void Tile(HtmlWriter html, string value, string name) =>
        html.Raw($"<li><b>{HtmlWriter.Escape(value)}</b><span>{HtmlWriter.Escape(name)}</span></li>");

    private static void Contingency(HtmlWriter html, RolloutReport report)
    {
        html.Section("contingency", "What went wrong, and what was done").Raw("<ol class=\"story\">");
        foreach (var told in report.Contingency)
        {
            var style = told.Succeeded switch { true => " class=\"good\"", false => " class=\"bad\"", null => "" };
            html.Raw($"<li{style}><time datetime=\"{told.At:O}\">{ReportText.Time(told.At)}</time><strong>{HtmlWriter.Escape(told.Title)}</strong>");
            if (told.Detail.Length > 0) html.Element("p", told.Detail);
            html.Raw("</li>");
        }

        html.Raw("</ol>").EndSection();
    }

    private static void Timeline(HtmlWriter html, RolloutReport report)
    {
        html.Section("timeline", "Timeline").Raw(GanttPlot.Draw(report));
        html.Table("Planned and actual", ["Phase", "Planned", "Actual", "Took", "Status", "Activities", "Done when"], report.Phases.Select(phase => new HtmlCell[]
        {
            phase.Name,
            new($"{ReportText.Clock(phase.PlannedStart)}–{ReportText.Clock(phase.PlannedEnd)}", "time"),
            new(phase.Start is null ? ReportText.None : $"{ReportText.Time(phase.Start)}–{ReportText.Time(phase.End)}", "time"),
            new(phase.Start is null ? ReportText.None : ReportText.Duration((phase.End ?? report.LastAt) - phase.Start), "time"),
            Status(phase.Status),
            phase.Activities,
            phase.Error.Length > 0 ? phase.Error : phase.Criterion,
        }));
        html.Raw($"<details><summary>{ReportText.Count(report.Steps.Count, "step")}</summary>");
        html.Table("Steps in the order in which they were started", ["Step", "Phase", "Start", "Took", "Status", "Attempts", "Error"], report.Steps.Select(step => new HtmlCell[]
        {
            step.Name, step.Phase, new(ReportText.Time(step.Start), "time"), new(ReportText.Duration(step.End - step.Start), "time"), Status(step.Status), HtmlCell.Number($"{step.Attempts}"), step.Error,
        }));
        html.Raw("</details>").EndSection();
    }

    private static HtmlCell Status(State.ActivityStatus status) => status switch
    {
        State.ActivityStatus.Completed => new("completed", "verdict go"),
        State.ActivityStatus.Failed => new("failed", "verdict nogo"),
        State.ActivityStatus.Running => new("running", "verdict undecided"),
        _ => new("not started"),
    };
}
