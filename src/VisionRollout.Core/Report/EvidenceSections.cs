using VisionRollout.Core.Canary;
using VisionRollout.Core.Evidence;

namespace VisionRollout.Core.Report;

/// <summary>What was measured: success criteria, gates, canary, traffic.</summary>
internal static class EvidenceSections
{
    private static readonly string[] FindingHeadings = ["Criterion", "Subject", "Verdict", "Measured", "Interval", "Limit", "Why"];

    public static void Write(HtmlWriter html, RolloutReport report)
    {
        Criteria(html, report);
        Gates(html, report);
        Canary(html, report);
        Traffic(html, report);
    }

    public static void Findings(HtmlWriter html, string caption, IEnumerable<Finding> findings) =>
        html.Table(caption, FindingHeadings, findings.Select(finding => new HtmlCell[]
        {
            finding.Criterion, finding.Subject, HtmlCell.Of(finding.Verdict), HtmlCell.Number(ReportText.Value(finding.Measured, finding.Unit)),
            new(ReportText.Interval(finding.Low, finding.High, finding.Unit), "time"), HtmlCell.Number(ReportText.Value(finding.Limit, finding.Unit)), Why(finding),
        }), "No evidence was taken.");

    private static string Why(Finding finding)
    {
        var window = finding.Window is { } length && length > TimeSpan.Zero ? $" over {ReportText.Duration(length)}" : "";
        return finding.Source.Length > 0 ? $"{finding.Reason} ({finding.Source}{window})" : finding.Reason;
    }

    private static void Criteria(HtmlWriter html, RolloutReport report)
    {
        html.Section("criteria", "Success criteria");
        html.Table("Measured against the plan", ["Criterion", "Category", "Limit", "Measured", "Interval", "Verdict", "Why"], report.Criteria.Select(criterion => new HtmlCell[]
        {
            criterion.Name, criterion.Category, new(ReportText.Limit(criterion), "time"), HtmlCell.Number(ReportText.Value(criterion.Finding?.Measured, Unit(criterion))),
            ReportText.Interval(criterion.Finding?.Low, criterion.Finding?.High, Unit(criterion)), HtmlCell.Of(criterion.Finding?.Verdict),
            criterion.Finding is { } finding ? Why(finding) : "Not measured.",
        })).EndSection();
    }

    private static string Unit(ReportCriterion criterion) => criterion.Finding is { Unit.Length: > 0 } finding ? finding.Unit : criterion.Unit;

    private static void Gates(HtmlWriter html, RolloutReport report)
    {
        html.Section("gates", "Gates");
        foreach (var gate in report.Gates)
        {
            html.Element("h3", gate.Name);
            var (text, style) = gate.Verdict is { } verdict ? (ReportText.Word(verdict), verdict.ToString().ToLowerInvariant()) : ("not decided", "undecided");
            html.Raw($"<p><span class=\"verdict {style}\">{text}</span> {HtmlWriter.Escape(gate.Reason)}</p>");
            html.Facts([("Deciders", string.Join(gate.RequireAll ? " and " : " or ", gate.Deciders)), ("Opened", ReportText.Time(gate.OpenedAt)), ("Decided", ReportText.Time(gate.DecidedAt))]);
            html.Table("Decisions", ["Who", "Role", "When", "Decision", "Comment", "Evidence seen", "Plan"], gate.Decisions.Select(decision => new HtmlCell[]
            {
                decision.Identity, decision.Role, new(ReportText.Time(decision.At), "time"),
                !decision.Approved ? new("denied", "verdict nogo") : decision.Expired.Length == 0 ? new("approved", "verdict go") : new("approved, expired", "verdict undecided"),
                decision.Comment, ReportText.Seen(decision), decision.PlanHash.Length > 12 ? decision.PlanHash[..12] : decision.PlanHash,
            }), "nobody has decided.");
            foreach (var decision in gate.Decisions.Where(decision => decision.Seen is { Findings.Count: > 0 }))
                Findings(html, $"What {decision.Role} ({decision.Identity}) saw at {ReportText.Time(decision.At)}", decision.Seen!.Findings);
            Findings(html, "Evidence", gate.Findings);
        }

        html.EndSection();
    }

    private static void Canary(HtmlWriter html, RolloutReport report)
    {
        html.Section("canary", "Canary");
        var marks = report.Stages.Select(stage => (stage.Start, $"{stage.Percent} %")).ToList();
        html.Raw(LinePlot.Draw("weights", $"Weight of {report.Started.ToColour}", Weights(report), value => ReportText.Share(value), marks: marks, ceiling: 1));
        html.Raw(LinePlot.Draw("errors", "Error rate since the stage began, with its interval",
            Both(report, sample => sample.ErrorRate, sample => sample.ErrorRateLow, sample => sample.ErrorRateHigh), value => ReportText.Number(value * 100, 3) + " %",
            report.ErrorRateLimit is { } errors ? (errors, $"limit {ReportText.Number(errors * 100, 3)} %") : null, marks));
        html.Raw(LinePlot.Draw("latency", "99th percentile of the response time since the stage began, with its interval",
            Both(report, sample => sample.P99, sample => sample.P99Low, sample => sample.P99High), value => ReportText.Number(value, 0) + " ms",
            report.LatencyLimit is { } latency ? (latency, $"limit {ReportText.Number(latency, 0)} ms") : null, marks));
        Stages(html, report);
        html.EndSection();
    }

    private static List<PlotSeries> Weights(RolloutReport report)
    {
        var colour = report.Started.ToColour;
        var moves = report.Moves.Where(move => move.Weights.ContainsKey(colour)).Select(move => new PlotPoint(move.At, move.Weights[colour])).ToList();
        if (moves.Count > 0)
        {
            moves.Insert(0, new PlotPoint(report.StartedAt, 0));
            moves.Add(moves[^1] with { At = report.LastAt });
        }

        var observed = report.Samples.Where(sample => sample.ObservedShare is not null).Select(sample => new PlotPoint(sample.At, sample.ObservedShare!.Value, Group: sample.Percent)).ToList();
        return [new PlotSeries("by the route", "canary", moves, Steps: true), new PlotSeries("observed", "observed", observed)];
    }

    private static List<PlotSeries> Both(RolloutReport report, Func<ColourSample, double?> value, Func<ColourSample, double?> low, Func<ColourSample, double?> high)
    {
        PlotSeries Series(string colour, string style, Func<CanarySample, ColourSample> side) => new(colour, style,
            [.. report.Samples.Where(sample => value(side(sample)) is not null).Select(sample => new PlotPoint(sample.At, value(side(sample))!.Value, low(side(sample)), high(side(sample)), sample.Percent))]);
        return [Series($"{report.Started.FromColour} (baseline)", "base", sample => sample.Baseline), Series($"{report.Started.ToColour} (canary)", "canary", sample => sample.Canary)];
    }

    private static void Stages(HtmlWriter html, RolloutReport report) =>
        html.Table("Stages", ["Stage", "Time", "Verdict", "Canary", "Baseline", "Rise", "Evidence Go / NoGo", "Why"], report.Stages.Select(stage =>
        {
            var last = report.Samples.LastOrDefault(sample => sample.Percent == stage.Percent);
            return new HtmlCell[]
            {
                $"{stage.Percent} %", new($"{ReportText.Time(stage.Start)}–{ReportText.Time(stage.End)}", "time"), HtmlCell.Of(stage.Verdict),
                Errors(last?.Canary), Errors(last?.Baseline), last is null ? "" : ReportText.Interval(last.DeltaLow, last.DeltaHigh, "share"),
                last is null ? "" : $"{Evidence(last.GoEvidence)} / {Evidence(last.NoGoEvidence)} of {ReportText.Number(last.GoBound, 0)}", stage.Reason,
            };
        }));

    private static string Errors(ColourSample? sample) => sample is null ? "" :
        $"{ReportText.Number(sample.Errors, 0)} errors in {ReportText.Number(sample.Requests, 0)} ({ReportText.Value(sample.ErrorRate, "share")}), P99 {ReportText.Value(sample.P99, "ms")}";

    private static string Evidence(double evidence) => evidence >= 10_000 ? "> 10,000" : ReportText.Number(evidence, 2);

    private static void Traffic(HtmlWriter html, RolloutReport report)
    {
        html.Section("traffic", "Traffic");
        if (report.Traffic is { } traffic)
        {
            html.Element("p", $"What clients saw, from {traffic.Source}:");
            html.Facts([("Requests", ReportText.Number(traffic.Requests, 0)), ("Lost", $"{traffic.Lost}"), ("Duplicated", $"{traffic.Duplicated}"), ("Misrouted", $"{traffic.Misrouted}"),
                ("Writes", $"{ReportText.Number(traffic.AcknowledgedWrites, 0)} acknowledged"), ("Missing writes", $"{traffic.MissingWrites}")]);
        }
        else
        {
            html.Element("p", "No independent probe reported.", "none");
        }

        html.Table("Moves of traffic", ["Time", "Weights", "Reason", "Took", "Observed share", "Confirmed by"], report.Moves.Select(move => new HtmlCell[]
        {
            new(ReportText.Time(move.At), "time"), string.Join(", ", move.Weights.Select(item => $"{item.Key} {ReportText.Share(item.Value)}")), move.Reason,
            new(ReportText.Duration(TimeSpan.FromSeconds(move.Seconds)), "time"), HtmlCell.Number(ReportText.Value(move.ObservedShare, "share")), move.Confirmation,
        })).EndSection();
    }
}
