using System.Text.Json.Nodes;
using VisionRollout.Core.Alerts;
using VisionRollout.Core.Evidence;
using VisionRollout.Core.Journal;
using VisionRollout.Module.Tests.World;

namespace VisionRollout.Module.Tests.Validation;

[Collection(nameof(ClusterOfRollouts))]
public sealed class AlertCmdletTests(ClusterOfRollouts cluster)
{
    private const int Limit = 120_000;
    private const string Incident = "@{ alertname = 'Restarted'; namespace = 'vision-to-code-production'; destination_version = 'v1.1.0' }";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Timeout = Limit)]
    [InlineData("Stop-Rollout -Emergency -Reason x")]
    [InlineData("Undo-Rollout -Reason x -Confirm:$false")]
    [InlineData("Remove-AlertSilence")]
    public async Task A_silence_of_the_release_is_removed_whatever_ends_it(string end)
    {
        await using var bench = await RolloutBench.CreateAsync(cluster);
        await bench.StartAsync();
        var made = await bench.RunAsync($"Add-AlertSilence {Incident} -Reason 'Blue starts' -For 2:00:00");
        var silence = Assert.Single(made.As<AlertSilence>());
        Assert.Equal("active", await StateAsync(silence.Id));
        Assert.Contains("severity!~\"(?i:critical|p1|p2)\"", (await bench.JournalAsync()).OfType<AlertSilenced>().Single().Matchers, StringComparison.Ordinal);

        Assert.Empty((await bench.RunAsync(end)).Errors);
        Assert.Equal("expired", await StateAsync(silence.Id));
        Assert.Equal("", Assert.Single((await bench.JournalAsync()).OfType<AlertSilenceEnded>()).Problem);
    }

    [Fact(Timeout = Limit)]
    public async Task The_plans_silences_cover_the_new_version_alone_are_made_once_and_end_with_the_rollout()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster);
        await bench.StartAsync();
        var made = (await bench.RunAsync("Add-AlertSilence -Planned")).As<AlertSilence>();
        Assert.Equal(["business-service-blue", "core-service-blue", "development-service-blue", "swarm-service-blue"], made.Select(silence => silence.Matchers.Single(matcher => matcher.Name == "deployment").Value).Order());
        var now = await bench.Session.NowAsync(Token);
        Assert.All(made, silence =>
        {
            Assert.Equal(bench.Plan.Silences[0].Alert, silence.Matchers.Single(matcher => matcher.Name == "alertname").Value);
            Assert.Contains(new SilenceMatcher("severity", "(?i:critical|p1|p2)", IsEqual: false, IsRegex: true), silence.Matchers);
            Assert.InRange(silence.Until - now, TimeSpan.Zero, TimeSpan.FromMinutes(90));
        });

        // The step runs again, as after a crash.
        var again = (await bench.RunAsync("Add-AlertSilence -Planned")).As<AlertSilence>();
        Assert.Equal(made.Select(silence => silence.Id), again.Select(silence => silence.Id));
        Assert.Equal(4, (await bench.JournalAsync()).OfType<AlertSilenced>().Count());
        Assert.All((await bench.JournalAsync()).OfType<AlertSilenced>(), entry => Assert.Equal("The pods of the new version come up", entry.Reason));

        Assert.Empty((await bench.RunAsync("Stop-Rollout -Emergency -Reason x")).Errors);
        foreach (var silence in made) Assert.Equal("expired", await StateAsync(silence.Id));
    }

    [Fact(Timeout = Limit)]
    public async Task An_Alertmanager_that_is_down_does_not_hold_the_rollout()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster);
        await bench.StartAsync();
        await using var deaf = await bench.SecondAsync(move: endpoints => endpoints with { Alertmanager = new Uri("http://127.0.0.1:9/") });
        var planned = await deaf.RunAsync("Add-AlertSilence -Planned");
        Assert.Empty(planned.Errors);
        Assert.Equal(4, planned.Warnings.Count(warning => warning.Message.Contains("is not silenced", StringComparison.Ordinal)));
        await using var quiet = await bench.SecondAsync(plan => plan with { Silences = [] });
        Assert.Empty((await quiet.RunAsync("Add-AlertSilence -Planned")).Output);
    }

    [Fact(Timeout = Limit)]
    public async Task A_silence_never_hides_a_critical_alert_and_a_broad_one_is_refused()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster);
        await bench.StartAsync();
        Assert.Empty((await bench.RunAsync("Add-AlertSilence @{ alertname = 'RehearsedIncident'; namespace = 'vision-to-code-production'; destination_version = 'v1.1.0' } -Reason x")).Errors);
        var before = await bench.OutsideAsync();
        Assert.StartsWith("SilenceTooBroad", (await bench.RunAsync("Add-AlertSilence @{ alertname = 'RehearsedIncident' } -Reason x")).OnlyErrorId(), StringComparison.Ordinal);
        Assert.StartsWith("SilenceTooLong", (await bench.RunAsync($"Add-AlertSilence {Incident} -Reason x -For 2.00:00:00")).OnlyErrorId(), StringComparison.Ordinal);
        Assert.Empty((await bench.RunAsync($"Add-AlertSilence {Incident} -Reason x -WhatIf; Remove-AlertSilence -WhatIf")).Errors);
        Assert.Equal(before, await bench.OutsideAsync());

        var fault = await cluster.Process.AddFaultAsync(new JsonObject { ["name"] = "alert", ["target"] = new JsonObject { ["version"] = "v1.1.0" } }, Token);
        try
        {
            await cluster.Process.AdvanceAsync(TimeSpan.FromMinutes(1), Token);
            var gate = Assert.Single((await bench.RunAsync("Test-RolloutGate Canary")).As<GateResult>());
            Assert.Equal(Verdict.NoGo, gate.Findings.Single(finding => finding.Criterion == "CriticalAlerts").Verdict);
        }
        finally
        {
            await cluster.Process.RemoveFaultAsync((string)fault["id"]!, Token);
            await cluster.Process.AdvanceAsync(TimeSpan.FromMinutes(1), Token);
        }

        await bench.RunAsync("Remove-AlertSilence");
    }

    [Fact(Timeout = Limit)]
    public async Task Without_a_history_the_accuracy_says_what_it_lacks()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster);
        var accuracy = Assert.Single((await bench.RunAsync("Measure-AlertAccuracy -Severity nothing-has-it")).As<AlertAccuracy>());
        Assert.Equal((Verdict.Undecided, 0, 59L), (accuracy.Verdict, accuracy.Alerts, accuracy.AlertsMissing));
        var wrong = await bench.RunAsync("@{ From = 'yesterday'; Until = '2026-11-01' } | Measure-AlertAccuracy");
        Assert.StartsWith("IncidentInvalid", Assert.Single(wrong.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Single(wrong.As<AlertAccuracy>());
        Assert.StartsWith("HistoryEmpty", (await bench.RunAsync("Measure-AlertAccuracy -Since 2099-01-01")).OnlyErrorId(), StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task An_alert_without_any_trouble_is_false_and_one_with_errors_or_an_incident_is_real()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster);
        var since = await bench.Session.NowAsync(Token);
        await FaultAsync("alert", null);
        await FaultAsync("error-rate", 0.2);

        var accuracy = Assert.Single((await bench.RunAsync("param($since) Measure-AlertAccuracy -Since $since", since.UtcDateTime)).As<AlertAccuracy>());
        Assert.Equal((2, 1, 0, 0.5), (accuracy.Alerts, accuracy.FalsePositives, accuracy.Unknown, accuracy.Share!.Value));
        Assert.Equal([("RehearsedIncident", false), ("HighErrorRate", true)], accuracy.Judged.Select(alert => (alert.Episode.Name, alert.WasReal!.Value)));
        Assert.Contains("of the requests failed", accuracy.Judged[1].Reason, StringComparison.Ordinal);

        // Somebody knows of an incident at that time: the alert was right.
        var known = Assert.Single((await bench.RunAsync("param($since) @{ From = $since; Until = $since.AddMinutes(6); Name = 'Payments'; Alert = 'RehearsedIncident' } | Measure-AlertAccuracy -Since $since", since.UtcDateTime)).As<AlertAccuracy>());
        Assert.Equal((2, 0), (known.Alerts, known.FalsePositives));
        Assert.Contains("Payments", known.Judged[0].Reason, StringComparison.Ordinal);
        // Another severity is another question.
        Assert.Equal(0, Assert.Single((await bench.RunAsync("param($since) Measure-AlertAccuracy -Since $since -Severity warning", since.UtcDateTime)).As<AlertAccuracy>()).Alerts);

        async Task FaultAsync(string name, double? magnitude)
        {
            var fault = new JsonObject { ["name"] = name, ["forSeconds"] = 180, ["target"] = new JsonObject { ["version"] = "v1.0.0" } };
            if (magnitude is not null) fault["magnitude"] = magnitude;
            await cluster.Process.AddFaultAsync(fault, Token);
            await cluster.Process.AdvanceAsync(TimeSpan.FromMinutes(10), Token);
        }
    }

    private async Task<string> StateAsync(string id)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var silence = JsonNode.Parse(await http.GetStringAsync($"{cluster.Endpoints.Alertmanager!.AbsoluteUri.TrimEnd('/')}/api/v2/silence/{id}", Token))!;
        return (string)silence["status"]!["state"]!;
    }
}
