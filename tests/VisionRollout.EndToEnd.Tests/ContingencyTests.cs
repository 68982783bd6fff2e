namespace VisionRollout.EndToEnd.Tests;

/// <summary>Each row of the plan's risk matrix, rehearsed: its contingency is carried out and the old version serves everything.</summary>
public sealed class ContingencyTests
{
    private const int Limit = 1_200_000;

    [Fact(Timeout = Limit)]
    public async Task A_failing_migration_takes_back_every_migration_of_the_rollout()
    {
        using var run = await RehearseAsync("migration-failure", "Database migration failure", "RollBackTraffic", "UndoMigrations");
        Assert.NotEmpty(run.Journal.Of("migrations-applied"));
        Assert.Equal(
            run.Journal.Of("migrations-applied").SelectMany(entry => Versions(entry)).Order(),
            run.Journal.Of("migrations-undone").SelectMany(entry => Versions(entry)).Order());
        // The pending migrations of every database are those of November 2026.
        Assert.Equal(4, run.World!.Migrations.Count);
        Assert.All(run.World.Migrations, service => Assert.DoesNotContain(service.Value, version => version.StartsWith("202611", StringComparison.Ordinal)));
    }

    [Fact(Timeout = Limit)]
    public async Task Broken_communication_between_services_brings_the_previous_version_back()
    {
        using var run = await RehearseAsync("service-communication", "Service communication issues", "RollBackTraffic");
        Assert.Contains(run.Journal.Of("contingency-started"), entry => JournalView.Text(entry, "trigger") is "error-rate" or "health" or "alert");
    }

    [Fact(Timeout = Limit)]
    public async Task A_slower_version_is_rolled_back_at_once()
    {
        using var run = await RehearseAsync("performance-degradation", "Performance degradation", "RollBackTraffic");
        Assert.Contains(run.Journal.Of("contingency-started"), entry => JournalView.Text(entry, "trigger") == "latency");
    }

    [Fact(Timeout = Limit)]
    public async Task An_external_service_that_is_down_switches_the_fallback_on()
    {
        using var run = await RehearseAsync("external-service", "External service failures", "RollBackTraffic", "EnableFallback");
        Assert.Equal("on", run.World!.Fallbacks["business"]);
        Assert.All(run.World.Fallbacks.Where(service => service.Key != "business"), service => Assert.Equal("off", service.Value));
    }

    [Fact(Timeout = Limit)]
    public async Task Exhausted_resources_are_scaled_up_on_the_old_version()
    {
        using var run = await RehearseAsync("resource-exhaustion", "Resource exhaustion", "RollBackTraffic", "ScaleUp");
        // The traffic goes back at once: it does not wait until the additional pods are ready.
        Assert.All(run.World!.Deployments.Values.Where(item => item.Metadata.Labels["deployment-color"] == "green"), deployment => Assert.Equal(3, deployment.Spec.Replicas));
    }

    // What holds for every row.
    private static async Task<RehearsalRun> RehearseAsync(string fault, string risk, params string[] actions)
    {
        var run = await RehearsalRun.RunAsync("-Fault " + fault, TestContext.Current.CancellationToken);
        try
        {
            AssertRolledBack(run, risk, actions);
            return run;
        }
        catch
        {
            run.Dispose();
            throw;
        }
    }

    private static void AssertRolledBack(RehearsalRun run, string risk, string[] actions)
    {
        Assert.True(run.ExitCode == 3, $"exit code {run.ExitCode}\n{run.Story}");
        Assert.Contains("RolledBack", run.Output, StringComparison.Ordinal);
        AssertContingency(run.Journal, risk, actions);
        Assert.NotNull(run.World);
        run.World.AssertServedBy("green", "blue");
        Assert.Equal(1, run.World.Rules); // the canary's header route is gone too
        Assert.Contains(run.World.Chat, text => text.Contains("⏪ v1.1.0 rolled back in production", StringComparison.Ordinal) && text.Contains(risk, StringComparison.Ordinal));
        AssertReport(run, risk);
        Assert.Empty(run.Leftovers);
    }

    private static void AssertContingency(JournalView journal, string risk, string[] actions)
    {
        Assert.Equal(risk, JournalView.Text(Assert.Single(journal.Of("contingency-started")), "risk"));
        var done = journal.Of("contingency-action-done").ToList();
        Assert.Equal(actions, done.Select(entry => JournalView.Text(entry, "action")));
        Assert.All(done, entry => Assert.True((bool)entry["succeeded"]!, JournalView.Text(entry, "detail")));
        Assert.True((bool)Assert.Single(journal.Of("contingency-completed"))["succeeded"]!);
        Assert.Equal("RolledBack", JournalView.Text(Assert.Single(journal.Of("rollout-completed")), "outcome"));
    }

    private static void AssertReport(RehearsalRun run, string risk)
    {
        var report = run.Folder.ReadReport();
        Assert.Equal("RolledBack", (string)report["outcome"]!);
        Assert.Contains(risk, report["contingency"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(0, (long)report["traffic"]!["lost"]!);
        foreach (var format in (string[])["html", "md"])
        {
            var text = File.ReadAllText(run.Folder.Report(format));
            Assert.Contains(risk, text, StringComparison.Ordinal);
            Assert.Contains("rolled back", text, StringComparison.OrdinalIgnoreCase);
        }
    }

    private static IEnumerable<string> Versions(JsonObject entry) => entry["versions"]!.AsArray().Select(version => (string)version!);
}
