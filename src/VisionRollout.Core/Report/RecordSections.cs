namespace VisionRollout.Core.Report;

/// <summary>What stands on record besides: database, checks, messages, who ran it.</summary>
internal static class RecordSections
{
    public static void Write(HtmlWriter html, RolloutReport report)
    {
        Database(html, report);
        Checks(html, report);
        html.Section("messages", "Messages");
        Events(html, "Messages that were sent", "Message", "Text", report.Messages);
        html.EndSection();
        Run(html, report);
    }

    private static void Database(HtmlWriter html, RolloutReport report)
    {
        html.Section("database", "Database");
        html.Table("Backups", ["Service", "Database", "Size", "Rows", "Took", "Location", "SHA-256"], report.Backups.Select(backup => new HtmlCell[]
        {
            backup.Service, backup.Database, HtmlCell.Number(ReportText.Size(backup.Bytes)), HtmlCell.Number(ReportText.Number(backup.Rows, 0)),
            new(ReportText.Duration(TimeSpan.FromSeconds(backup.Seconds)), "time"), backup.Location, backup.Sha256.Length > 16 ? backup.Sha256[..16] + "…" : backup.Sha256,
        }));
        html.Table("Test restores", ["Service", "Verdict", "Why", "Location"], report.Restores.Select(restore => new HtmlCell[] { restore.Service, HtmlCell.Of(restore.Verdict), restore.Reason, restore.Location }));
        html.Table("Preflights of migrations", ["Service", "Verdict", "Why", "Can be taken back", "Findings"], report.Preflights.Select(preflight => new HtmlCell[]
        {
            preflight.Service, HtmlCell.Of(preflight.Verdict), preflight.Reason, string.Join("; ", preflight.Migrations.Select(item => $"{item.Version}: {item.Reversibility}")),
            string.Join(" ", preflight.Findings.Select(finding => $"{finding.Verdict}, {finding.Rule}: {finding.Reason}")),
        }));
        Events(html, "Migrations", "Service", "Schema", report.Migrations);
        html.EndSection();
    }

    private static void Checks(HtmlWriter html, RolloutReport report)
    {
        html.Section("checks", "Checks");
        html.Table("Deployments", ["Service", "Colour", "Deployment", "Version", "Change"], report.Deployments.Select(item => new HtmlCell[] { item.Service, item.Colour, item.Deployment, item.Version, item.Changed ? "applied" : "stood there already" }));
        Events(html, "Checklists", "Item", "Confirmed by", report.Confirmations);
        foreach (var check in report.Checks)
        {
            html.Raw($"<details><summary>{HtmlWriter.Escape(check.Check)}: {ReportText.Word(check.Verdict)}</summary>");
            EvidenceSections.Findings(html, check.Check, check.Findings);
            html.Raw("</details>");
        }

        html.EndSection();
    }

    private static void Run(HtmlWriter html, RolloutReport report)
    {
        var start = report.Started;
        html.Section("run", "Who ran it").Facts(
        [
            ("Rollout", start.Id), ("Started by", start.StartedBy), ("Started", ReportText.DateAndTime(report.StartedAt)), ("Run from", string.Join(", ", report.Writers)),
            ("Plan", $"{start.Plan} ({start.PlanPath})"), ("Plan's SHA-256", start.PlanHash), ("Resumed", ReportText.Count(report.Resumes.Count, "time")),
        ]);
        if (report.Resumes.Count > 0) Events(html, "Resumes", "Event", "By", report.Resumes);
        html.EndSection();
    }

    private static void Events(HtmlWriter html, string caption, string title, string detail, IEnumerable<ReportEvent> events) =>
        html.Table(caption, ["Time", title, detail], events.Select(item => new HtmlCell[] { new(ReportText.Time(item.At), "time"), item.Title, item.Detail }));
}
