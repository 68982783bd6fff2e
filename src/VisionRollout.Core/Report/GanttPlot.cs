using System.Globalization;
using System.Text;
using VisionRollout.Core.State;

namespace VisionRollout.Core.Report;

/// <summary>The timeline as bars: planned above, actual below, one row per phase.</summary>
internal static class GanttPlot
{
    private const double Width = 900;
    private const double Left = 130;
    private const double Row = 34;
    private const double Foot = 26;

    public static string Draw(RolloutReport report)
    {
        if (report.Phases.Count == 0) return "";
        var time = new TimeScale(report.Phases.Min(phase => Earliest(phase)), report.Phases.Max(phase => Latest(phase, report.LastAt)), Left, Width - Left - 28);
        var height = (report.Phases.Count * Row) + Foot;
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<figure><figcaption>Planned (outlined) and actual (filled), UTC</figcaption><svg class=\"plot\" viewBox=\"0 0 {Width} {height}\" role=\"img\" aria-labelledby=\"gantt-t\"><title id=\"gantt-t\">Timeline, planned and actual; the same figures are in the table below</title>");
        foreach (var tick in time.Ticks())
            svg.Append(CultureInfo.InvariantCulture, $"<line class=\"grid\" x1=\"{F(time.At(tick))}\" x2=\"{F(time.At(tick))}\" y1=\"0\" y2=\"{height - Foot}\"/><text x=\"{F(time.At(tick))}\" y=\"{height - 8}\" text-anchor=\"middle\">{ReportText.Clock(tick)}</text>");
        for (var index = 0; index < report.Phases.Count; index++) Phase(svg, report.Phases[index], index * Row, time, report.LastAt);
        return svg.Append("</svg></figure>").ToString();
    }

    private static void Phase(StringBuilder svg, ReportPhase phase, double y, TimeScale time, DateTimeOffset now)
    {
        svg.Append(CultureInfo.InvariantCulture, $"<text class=\"rowname\" x=\"{Left - 10}\" y=\"{F(y + 21)}\" text-anchor=\"end\">{HtmlWriter.Escape(phase.Name)}</text>");
        Bar(svg, "planned", time.At(phase.PlannedStart), time.At(phase.PlannedEnd), y + 4, 11);
        if (phase.Start is { } start) Bar(svg, "actual " + Style(phase.Status), time.At(start), time.At(phase.End ?? now), y + 17, 11);
    }

    private static void Bar(StringBuilder svg, string style, double from, double to, double y, double height) =>
        svg.Append(CultureInfo.InvariantCulture, $"<rect class=\"{style}\" x=\"{F(from)}\" y=\"{F(y)}\" width=\"{F(Math.Max(3, to - from))}\" height=\"{height}\" rx=\"2\"/>");

    private static string Style(ActivityStatus status) => status switch
    {
        ActivityStatus.Completed => "go",
        ActivityStatus.Failed => "nogo",
        _ => "undecided",
    };

    private static DateTimeOffset Earliest(ReportPhase phase) => phase.Start < phase.PlannedStart ? phase.Start.Value : phase.PlannedStart;

    private static DateTimeOffset Latest(ReportPhase phase, DateTimeOffset now)
    {
        var actual = phase.Start is null ? phase.PlannedEnd : phase.End ?? now;
        return actual > phase.PlannedEnd ? actual : phase.PlannedEnd;
    }

    private static string F(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
