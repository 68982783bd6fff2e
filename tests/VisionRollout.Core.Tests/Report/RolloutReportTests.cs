using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Evidence;
using VisionRollout.Core.Journal;
using VisionRollout.Core.Report;
using VisionRollout.Core.State;

namespace VisionRollout.Core.Tests.Report;

public sealed class RolloutReportTests
{
    private static readonly RolloutReport Good = ReportBuilder.Build(SampleRollout.Plan, SampleRollout.Good().Records);
    private static readonly RolloutReport Bad = ReportBuilder.Build(SampleRollout.Plan, SampleRollout.Bad().Records);

    [Fact]
    public void All_rows_of_the_timeline_have_planned_and_actual_times()
    {
        Assert.Equal(8, Good.Phases.Count);
        Assert.All(Good.Phases, phase => Assert.True(phase is { Status: ActivityStatus.Completed, Start: not null, End: not null }));
        Assert.Equal(new DateTimeOffset(2026, 11, 23, 11, 30, 0, TimeSpan.Zero), Good.Phases[3].PlannedStart);
        Assert.Equal(ActivityStatus.Pending, Bad.Phases[4].Status);
    }

    [Fact]
    public void Each_gate_shows_its_evidence_and_who_approved_what()
    {
        var gate = Good.Gates[0];
        Assert.Equal((Verdict.Go, 1), (gate.Verdict, gate.Findings.Count));
        Assert.Equal(["Tech Lead", "Tech Lead", "DevOps Lead"], gate.Decisions.Select(decision => decision.Role));
        Assert.Equal(64, gate.Decisions[0].PlanHash.Length);
        // What each of them saw, also when the approval has expired since; and who saw nothing.
        Assert.Equal("ErrorRateDelta (blue) was met and is Undecided now", gate.Decisions[0].Expired);
        Assert.Equal(("", 2, "blue 50 %, green 50 %"), (gate.Decisions[1].Expired, gate.Decisions[1].Seen!.Findings.Count, gate.Decisions[1].Seen!.Traffic));
        Assert.Null(gate.Decisions[2].Seen);
        var html = HtmlReport.Render(Good);
        Assert.Contains($"What Tech Lead (jane@vision-to-code.com) saw at {gate.Decisions[1].At:HH:mm:ss}", html, StringComparison.Ordinal);
        Assert.Contains("1 of 2 findings met, traffic blue 50 %, green 50 %; expired: ErrorRateDelta", html, StringComparison.Ordinal);
        Assert.Contains("given before the gate was open", html, StringComparison.Ordinal);
        var markdown = MarkdownReport.Render(Good);
        Assert.Contains("## What the deciders saw", markdown, StringComparison.Ordinal);
        Assert.Contains("| Canary | Tech Lead jane@vision-to-code.com |", markdown, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(JsonReport.Render(Good));
        Assert.Equal(2, json.RootElement.GetProperty("gates")[0].GetProperty("decisions")[1].GetProperty("seen").GetProperty("findings").GetArrayLength());
    }

    [Fact]
    public void Criteria_carry_the_measured_values_and_one_that_was_not_measured_says_so()
    {
        Assert.All(Good.Criteria, criterion => Assert.Equal(Verdict.Go, criterion.Finding?.Verdict));
        Assert.All(Bad.Criteria, criterion => Assert.Null(criterion.Finding));
        Assert.Contains("Not measured.", HtmlReport.Render(Bad), StringComparison.Ordinal);
        Assert.Contains("99.9995 %", HtmlReport.Render(Good), StringComparison.Ordinal);
    }

    [Fact]
    public void The_contingency_is_told_in_order()
    {
        Assert.Empty(Good.Contingency);
        Assert.Equal(Bad.Contingency.OrderBy(item => item.At), Bad.Contingency);
        Assert.Equal("The canary was stopped at 5 %", Bad.Contingency[0].Title);
        Assert.Contains(Bad.Contingency, item => item.Title.StartsWith("Performance degradation: Immediate rollback", StringComparison.Ordinal));
        Assert.Contains(Bad.Contingency, item => item.Title == "Rolled back in 9.5 s" && item.Succeeded == true);
        Assert.Contains("What went wrong", HtmlReport.Render(Bad), StringComparison.Ordinal);
        Assert.DoesNotContain("What went wrong", HtmlReport.Render(Good), StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_from_outside_becomes_markup()
    {
        foreach (var report in new[] { Good, Bad })
        {
            var html = HtmlReport.Render(report);
            Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;", html, StringComparison.Ordinal);
            Assert.DoesNotContain("<script", MarkdownReport.Render(report).Replace("\\<", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public void Every_place_for_a_text_from_outside_is_escaped()
    {
        var hostile = SampleRollout.Hostile;
        var day = SampleRollout.Good()
            .Add(new MessageSent("k", hostile, hostile, hostile)).Add(new EvidenceTaken(hostile, Verdict.NoGo, [new Finding { Criterion = hostile, Subject = hostile, Verdict = Verdict.NoGo, Reason = hostile, Source = hostile, Unit = hostile, Measured = 1 }]))
            .Add(new PhaseStarted(hostile, null, null)).Add(new StepStarted(hostile, hostile)).Add(new GateOpened(hostile, Verdict.Go, [], DateTimeOffset.UnixEpoch)).Add(new GateDenied(hostile, hostile, hostile, hostile))
            .Add(new ServiceDeployed(hostile, hostile, hostile, hostile, true)).Add(new MigrationsApplied(hostile, hostile, hostile, [hostile], 1)).Add(new BackupVerified(hostile, hostile, Verdict.Go, hostile))
            .Add(new TrafficMoved(new Dictionary<string, double>(), new Dictionary<string, double> { [hostile] = 1 }, null, hostile, 1, null, hostile)).Add(new TrafficMeasured(1, 0, 0, 0, 1, 0, hostile)).Add(new StopRequested(hostile, hostile));
        Assert.DoesNotContain("<script", HtmlReport.Render(ReportBuilder.Build(SampleRollout.Plan, day.Records)), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void The_page_is_self_contained_and_loads_nothing()
    {
        var html = HtmlReport.Render(Good);
        Assert.DoesNotMatch(new Regex("(src|href)\\s*=\\s*\"(?!#)", RegexOptions.IgnoreCase), html);
        Assert.DoesNotContain("url(http", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("@import", html, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(4, Regex.Count(html, "<svg "));
        Assert.Contains("prefers-color-scheme:dark", html, StringComparison.Ordinal);
        Assert.Contains("@media print", html, StringComparison.Ordinal);
    }

    [Fact]
    public void The_plots_are_well_formed_and_have_a_name_for_readers_that_can_not_see_them()
    {
        foreach (Match match in Regex.Matches(HtmlReport.Render(Good), "<svg .*?</svg>", RegexOptions.Singleline))
        {
            var svg = XElement.Parse(match.Value);
            Assert.Equal("img", svg.Attribute("role")?.Value);
            Assert.NotEmpty(svg.Element("title")!.Value);
            Assert.DoesNotContain("NaN", match.Value, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Json_and_Markdown_tell_the_same()
    {
        using var json = JsonDocument.Parse(JsonReport.Render(Good));
        Assert.Equal("Succeeded", json.RootElement.GetProperty("outcome").GetString());
        Assert.Equal(8, json.RootElement.GetProperty("phases").GetArrayLength());
        Assert.Equal(0, json.RootElement.GetProperty("traffic").GetProperty("lost").GetInt32());
        var markdown = MarkdownReport.Render(Good);
        Assert.Contains("18,234 requests: 0 lost, 0 duplicated, 0 misrouted", markdown, StringComparison.Ordinal);
        Assert.Contains("| Response Time | \\< 100 ms | 61.2 ms | Go |", markdown, StringComparison.Ordinal);
    }

    [Fact]
    public void Markdown_has_the_test_restores_and_the_preflights_of_migrations_as_tables()
    {
        var markdown = MarkdownReport.Render(Good);
        Assert.Contains("## Test restores\n\n| Service | Verdict | Why | Location |\n| --- | --- | --- | --- |\n| business | Go | All tables have the same rows. | backups/business/1.dump |\n", markdown, StringComparison.Ordinal);
        Assert.Contains("## Preflights of migrations\n\n| Service | Verdict | Why | Can be taken back | Findings |\n| --- | --- | --- | --- | --- |\n"
            + "| business | Go | 1 migration runs. | 20261120: Reversible | Warning, IndexNotConcurrent: orders is small. Write CONCURRENTLY. |\n", markdown, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rollout_that_has_only_begun_has_a_report_as_well()
    {
        var begun = ReportBuilder.Build(SampleRollout.Plan, [SampleRollout.Good().Records[0]]);
        Assert.Contains("Under way", HtmlReport.Render(begun), StringComparison.Ordinal);
        Assert.Contains("Under way", MarkdownReport.Render(begun), StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_journal_is_refused() =>
        Assert.Equal("NoRollout", Assert.Throws<RolloutException>(() => ReportBuilder.Build(SampleRollout.Plan, [])).Id);
}
