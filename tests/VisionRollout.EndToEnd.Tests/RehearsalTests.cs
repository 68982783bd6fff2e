namespace VisionRollout.EndToEnd.Tests;

/// <summary>The whole rollout of the plan, rehearsed without faults.</summary>
public sealed class RehearsalTests(WholeRehearsal rehearsal) : IClassFixture<WholeRehearsal>
{
    private static readonly string[] Timeline = ["Preparation", "Database", "Blue Deploy", "Canary", "Cutover", "Validation", "Stabilization", "Complete"];

    private RehearsalRun Run => rehearsal.Run;

    [Fact]
    public void It_ends_with_success_and_a_summary()
    {
        Assert.True(Run.ExitCode == 0, Run.Story);
        Assert.Contains("Succeeded", Run.Output, StringComparison.Ordinal);
        Assert.All(Timeline, phase => Assert.Contains($"{phase} (", Run.Output, StringComparison.Ordinal));
    }

    [Fact]
    public void It_shows_progress_while_it_runs()
    {
        Assert.True(Run.LiveProgress > 20, $"{Run.LiveProgress} lines of progress before the end\n{Run.Story}");
        Assert.Contains("Preparation (09:00", Run.LiveOutput, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_phase_of_the_timeline_is_completed_once()
    {
        Assert.Equal(Timeline, Run.Journal.Of("phase-started").Select(entry => JournalView.Text(entry, "phase")));
        Assert.Equal(Timeline, Run.Journal.Of("phase-completed").Select(entry => JournalView.Text(entry, "phase")));
    }

    [Fact]
    public void The_report_has_planned_and_actual_times_of_all_phases()
    {
        var phases = Run.Folder.ReadReport()["phases"]!.AsArray();
        Assert.Equal(Timeline, phases.Select(phase => (string)phase!["name"]!));
        Assert.All(phases, phase =>
        {
            Assert.Equal("Completed", (string)phase!["status"]!);
            var (planned, actual, end) = (Time(phase, "plannedStart"), Time(phase, "start"), Time(phase, "end"));
            Assert.InRange(actual - planned, TimeSpan.Zero, TimeSpan.FromMinutes(5));
            Assert.True(end >= actual);
            Assert.True(Time(phase, "plannedEnd") >= planned);
        });
    }

    [Fact]
    public void Success_criteria_are_met_with_measured_values()
    {
        var criteria = Run.Folder.ReadReport()["criteria"]!.AsArray();
        Assert.Equal(14, criteria.Count);
        Assert.DoesNotContain(criteria, criterion => (string)criterion!["finding"]!["verdict"]! == "NoGo");
        // Only a history of alerts that people have judged could tell how many of them were false.
        Assert.Equal(["Alert False Positives"], criteria.Where(criterion => (string)criterion!["finding"]!["verdict"]! == "Undecided").Select(criterion => (string)criterion!["name"]!));
        Assert.All(criteria.Where(criterion => (string)criterion!["finding"]!["verdict"]! == "Go"), criterion => Assert.NotNull(criterion!["finding"]!["measured"]));
    }

    [Fact]
    public void Both_gates_were_decided_by_people_on_evidence()
    {
        var gates = Run.Folder.ReadReport()["gates"]!.AsArray();
        Assert.Equal(["Canary", "Cutover"], gates.Select(gate => (string)gate!["name"]!));
        Assert.All(gates, gate =>
        {
            Assert.Equal("Go", (string)gate!["verdict"]!);
            Assert.NotEmpty(gate["findings"]!.AsArray());
            Assert.NotEmpty(gate["decisions"]!.AsArray());
        });
    }

    [Fact]
    public void Thousands_of_real_requests_and_none_lost()
    {
        Assert.NotNull(Run.World);
        Assert.True((long)Run.World.Traffic["requests"]! >= 2_000, $"{Run.World.Traffic["requests"]} requests");
        Assert.Equal((long)Run.World.Traffic["requests"]!, (long)Run.World.Traffic["succeeded"]!);
        Run.World.AssertServedBy("blue", "green");
    }

    [Fact]
    public void The_report_counts_what_the_probe_counted()
    {
        var traffic = Run.Folder.ReadReport()["traffic"]!;
        Assert.True((long)traffic["requests"]! >= 2_000);
        foreach (var count in (string[])["lost", "duplicated", "misrouted", "missingWrites"]) Assert.Equal(0, (long)traffic[count]!);
    }

    [Fact]
    public void The_old_version_is_kept_at_full_size_for_a_day()
    {
        Assert.All(Run.World!.Deployments.Values.Where(item => item.Metadata.Labels["deployment-color"] == "green"), deployment =>
        {
            Assert.Equal(2, deployment.Spec.Replicas);
            Assert.Contains("keep-until", deployment.Metadata.Annotations);
        });
    }

    [Fact]
    public void The_chat_got_the_plans_status_lines_in_their_order()
    {
        string[] lines = ["production deployment started", "database migrations complete", "deployed and healthy", "Canary rollout started (5%)", "Full traffic cutover", "Deployment complete", "Production deployment successful"];
        var places = lines.Select(line => Run.World!.Chat.ToList().FindIndex(text => text.Contains(line, StringComparison.OrdinalIgnoreCase))).ToList();
        Assert.DoesNotContain(-1, places);
        Assert.Equal(places.Order(), places);
    }

    [Fact]
    public void The_report_is_there_in_three_formats()
    {
        var html = File.ReadAllText(Run.Folder.Report("html"));
        Assert.Contains("<svg", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script src", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<link", html, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Stabilization", html, StringComparison.Ordinal);
        Assert.Contains("Stabilization", File.ReadAllText(Run.Folder.Report("md")), StringComparison.Ordinal);
        Assert.Equal("Succeeded", (string)Run.Folder.ReadReport()["outcome"]!);
    }

    [Fact]
    public void Nothing_is_left_behind() => Assert.Empty(Run.Leftovers);

    [Theory]
    [InlineData("get", "deployment.apps/business-service", "pod/core-service", "service/vision-to-code-blue", "virtualservice.networking.istio.io/vision-to-code")]
    [InlineData("describe", "business-service", "Replicas:", "Image:", ":v1.0.0")]
    [InlineData("apply", "configmap/notes created", "a person")]
    [InlineData("scale", "deployment.apps/core-service scaled")]
    [InlineData("rollout status", "successfully rolled out", "3")]
    [InlineData("exec", "core-service-")]
    [InlineData("watch", "a person, somebody else")]
    [InlineData("plan: migrate", "Migrations already up")]
    [InlineData("plan: canary", "virtualservice.networking.istio.io/vision-to-code patched")]
    [InlineData("plan: canary, afterwards", "95 5")]
    [InlineData("plan: retention, overwritten", "business-service annotate", "development-service annotate")]
    public void Kubectl_works_on_it(string command, params string[] expected)
    {
        if (rehearsal.Kubectl is null) Assert.Skip("kubectl is not installed");
        var said = rehearsal.Kubectl.Said[command];
        Assert.True(said.ExitCode == 0, said.StandardOutput + said.StandardError);
        Assert.All(expected, text => Assert.Contains(text, said.StandardOutput + said.StandardError, StringComparison.Ordinal));
    }

    // As it stands in the plan document it changes nothing where the rollout has already kept the old version.
    [Fact]
    public void The_plans_own_retention_command_is_refused_where_the_old_version_is_kept()
    {
        Assert.SkipWhen(rehearsal.Kubectl is null, "kubectl is not installed");
        var said = rehearsal.Kubectl!.Said["plan: retention"];
        Assert.True(said.ExitCode != 0, said.StandardOutput);
        Assert.Contains("--overwrite is false", said.StandardError, StringComparison.Ordinal);
    }

    private static DateTimeOffset Time(JsonNode phase, string property) => DateTimeOffset.Parse((string)phase[property]!, System.Globalization.CultureInfo.InvariantCulture);
}
