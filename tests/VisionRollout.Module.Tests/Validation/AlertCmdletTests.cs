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
        Assert.Contains("severity!=\"critical\"", (await bench.JournalAsync()).OfType<AlertSilenced>().Single().Matchers, StringComparison.Ordinal);

        Assert.Empty((await bench.RunAsync(end)).Errors);
        Assert.Equal("expired", await StateAsync(silence.Id));
        Assert.Equal("", Assert.Single((await bench.JournalAsync()).OfType<AlertSilenceEnded>()).Problem);
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
        var accuracy = Assert.Single((await bench.RunAsync("Measure-AlertAccuracy")).As<AlertAccuracy>());
        Assert.Equal((Verdict.Undecided, 0, 59L), (accuracy.Verdict, accuracy.Alerts, accuracy.AlertsMissing));
        var wrong = await bench.RunAsync("@{ From = 'yesterday'; Until = '2026-11-01' } | Measure-AlertAccuracy");
        Assert.StartsWith("IncidentInvalid", Assert.Single(wrong.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Single(wrong.As<AlertAccuracy>());
        Assert.StartsWith("HistoryEmpty", (await bench.RunAsync("Measure-AlertAccuracy -Since 2099-01-01")).OnlyErrorId(), StringComparison.Ordinal);
    }

    private async Task<string> StateAsync(string id)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var silence = JsonNode.Parse(await http.GetStringAsync($"{cluster.Endpoints.Alertmanager!.AbsoluteUri.TrimEnd('/')}/api/v2/silence/{id}", Token))!;
        return (string)silence["status"]!["state"]!;
    }
}
