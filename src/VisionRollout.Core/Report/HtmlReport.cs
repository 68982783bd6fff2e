using VisionRollout.Core.Journal;

namespace VisionRollout.Core.Report;

/// <summary>Renders a report as one self-contained HTML page: no script, nothing loaded from elsewhere, light and dark, for screen and paper.</summary>
public static class HtmlReport
{
    private static readonly (string Id, string Heading)[] Sections =
    [
        ("summary", "Summary"), ("contingency", "What went wrong"), ("timeline", "Timeline"), ("criteria", "Success criteria"), ("gates", "Gates"),
        ("canary", "Canary"), ("traffic", "Traffic"), ("database", "Database"), ("checks", "Checks"), ("messages", "Messages"), ("run", "Who ran it"),
    ];

    /// <summary>The page.</summary>
    /// <param name="report">The report.</param>
    public static string Render(RolloutReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var html = new HtmlWriter();
        var title = $"{report.Title}: {report.Started.Version}";
        html.Raw("<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
            .Raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\"><meta name=\"referrer\" content=\"no-referrer\">")
            .Element("title", title).Raw($"<style>{Style()}</style></head><body>");
        Head(html, report, title);
        html.Raw("<main>");
        StorySections.Write(html, report);
        EvidenceSections.Write(html, report);
        RecordSections.Write(html, report);
        return html.Raw("</main>").Raw($"<footer>State of {HtmlWriter.Escape(ReportText.DateAndTime(report.LastAt))}. All times are UTC. Intervals hold at all times with the error probability of the plan.</footer></body></html>").ToString();
    }

    internal static (string Text, string Class) Outcome(RolloutReport report) => report.Outcome switch
    {
        RolloutOutcome.Succeeded => ("Succeeded", "go"),
        RolloutOutcome.RolledBack => ("Rolled back", "nogo"),
        RolloutOutcome.Stopped => ("Stopped", "nogo"),
        _ => ("Under way", "undecided"),
    };

    private static void Head(HtmlWriter html, RolloutReport report, string title)
    {
        var (text, style) = Outcome(report);
        var start = report.Started;
        html.Raw("<header>").Element("h1", title)
            .Element("p", $"{start.Environment}, {start.FromVersion} ({start.FromColour}) to {start.Version} ({start.ToColour}), {ReportText.DateAndTime(report.StartedAt)}", "lead")
            .Element("p", text, "outcome " + style);
        if (report.Summary.Length > 0) html.Element("p", report.Summary);
        html.Raw("<nav aria-label=\"Sections\"><ul>");
        foreach (var (id, heading) in Sections.Where(section => section.Id != "contingency" || report.Contingency.Count > 0))
            html.Raw($"<li><a href=\"#{id}\">{heading}</a></li>");
        html.Raw("</ul></nav></header>");
    }

    private static string Style()
    {
        using var stream = typeof(HtmlReport).Assembly.GetManifestResourceStream("report.css")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
