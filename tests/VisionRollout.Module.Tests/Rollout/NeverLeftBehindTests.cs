using System.Text.Json.Nodes;
using VisionRollout.Adapters;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Evidence;
using VisionRollout.Core.Journal;
using VisionRollout.Module.Tests.World;

namespace VisionRollout.Module.Tests.Rollout;

/// <summary>Nobody may be watching: users are never left on a version that nobody has shown to be good.</summary>
[Collection(nameof(ClusterOfRollouts))]
public sealed class NeverLeftBehindTests(ClusterOfRollouts cluster)
{
    private const int Limit = 120_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = Limit)]
    public async Task A_NoGo_that_no_row_of_the_matrix_names_rolls_back_while_the_new_version_receives_traffic()
    {
        await using var bench = await CanaryAsync();
        var cause = new RolloutException("CheckNoGo", RolloutErrorKind.Failed, "The moon is full.", "", 5) { Trigger = "moon" };
        var result = await bench.RunAsync("param($cause) Invoke-RolloutPhase Preparation -NoWait { Invoke-RolloutStep 'Judge' { throw $cause } }", cause);
        Assert.StartsWith("RolloutRolledBack", result.OnlyErrorId(), StringComparison.Ordinal);
        Assert.Equal("Trouble without a row in the risk matrix", Assert.Single((await bench.JournalAsync()).OfType<ContingencyStarted>()).Risk);
        Assert.Equal(1, (await bench.Session.World.Router.ReadAsync(Token)).Weights["green"]);
    }

    [Fact(Timeout = Limit)]
    public async Task The_same_NoGo_holds_as_long_as_the_old_version_serves_everything()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster);
        await bench.StartAsync();
        var cause = new RolloutException("CheckNoGo", RolloutErrorKind.Failed, "The moon is full.", "", 5) { Trigger = "moon" };
        var result = await bench.RunAsync("param($cause) Invoke-RolloutPhase Preparation -NoWait { Invoke-RolloutStep 'Judge' { throw $cause } }", cause);
        Assert.StartsWith("RolloutHeld", result.OnlyErrorId(), StringComparison.Ordinal);
        Assert.Empty((await bench.JournalAsync()).OfType<ContingencyStarted>());
    }

    [Fact(Timeout = Limit)]
    public async Task A_watch_without_data_fails()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster);
        await bench.StartAsync();
        var run = bench.Host.Start("Watch-Rollout -For 0:15:00");
        await bench.UntilRecordedAsync<LiveSampled>();
        var fault = await cluster.Process.AddFaultAsync(new JsonObject { ["name"] = "metrics-down" }, Token);
        try
        {
            Assert.StartsWith("LiveUndecided", (await run.ResultAsync()).OnlyErrorId(), StringComparison.Ordinal);
        }
        finally
        {
            await cluster.Process.RemoveFaultAsync((string)fault["id"]!, Token);
        }
    }

    [Fact(Timeout = Limit)]
    public async Task The_sign_off_names_everything_that_stands_against_it()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster);
        await bench.StartAsync();
        var early = await bench.RunAsync("Complete-Rollout");
        Assert.StartsWith("NotComplete", early.OnlyErrorId(), StringComparison.Ordinal);
        Assert.All((string[])["blue does not serve everything", "phase Canary is not done", "gate Cutover was not decided Go", "the success criteria were not measured"],
            objection => Assert.Contains(objection, early.AllText, StringComparison.Ordinal));

        Finding Unknown(string name, string category) => new() { Criterion = name, Subject = category, Verdict = Verdict.Undecided, Reason = "no data", At = DateTimeOffset.UnixEpoch };
        await bench.AppendAsync(new SuccessMeasured(Verdict.Undecided, [Unknown("Error Rate", "Technical"), Unknown("Alert False Positives", "Operational")]));
        var measured = await bench.RunAsync("Complete-Rollout");
        Assert.Contains("Error Rate: no data", measured.AllText, StringComparison.Ordinal);
        Assert.DoesNotContain("Alert False Positives", measured.AllText, StringComparison.Ordinal); // named in the summary instead
        Assert.Empty((await bench.JournalAsync()).OfType<RolloutCompleted>());
    }

    [Fact(Timeout = Limit)]
    public async Task A_crash_at_the_end_of_a_canary_stage_neither_skips_nor_repeats_one()
    {
        await using var bench = await CanaryAsync();
        await bench.AppendAsync(new CanaryStageEnded(5, Verdict.Go, "good"));
        await bench.Session.ReleaseLeaseAsync();

        await using var again = await bench.SecondAsync();
        var result = await again.RunAsync("$null = Start-Rollout v1.1.0; Start-Canary | Watch-Canary");
        Assert.Equal((5, Verdict.Go, "good"), (Assert.Single(result.As<CanaryResult>()).Percent, result.As<CanaryResult>()[0].Verdict, result.As<CanaryResult>()[0].Reason));
        Assert.Single((await again.JournalAsync()).OfType<CanaryStageStarted>());
        Assert.Equal(0.05, (await again.Session.World.Router.ReadAsync(Token)).Weights["blue"], 3);
    }

    [Fact(Timeout = Limit)]
    public async Task A_gate_decides_nothing_while_traffic_stands_where_somebody_else_has_put_it()
    {
        await using var bench = await CanaryAsync();
        using (var somebody = new OutsideWorld(bench.Plan, bench.Session.Environment))
        {
            var route = await somebody.Router.ReadAsync(Token);
            await somebody.Router.WriteAsync(route, new Dictionary<string, double> { ["green"] = 0.4, ["blue"] = 0.6 }, "blue", Token);
        }

        var gate = Assert.Single((await bench.RunAsync("Test-RolloutGate Canary")).As<GateResult>());
        Assert.NotEqual(Verdict.Go, gate.Verdict);
        Assert.Contains("blue 60 %", gate.Findings.Single(finding => finding.Criterion == "TrafficAsRecorded").Reason, StringComparison.Ordinal);
    }

    // Five per cent of the traffic go to the new version.
    private async Task<RolloutBench> CanaryAsync()
    {
        var bench = await RolloutBench.CreateAsync(cluster);
        await bench.DeployAsync();
        await bench.StartAsync();
        var result = await bench.RunAsync("Start-Canary");
        Assert.True(result.Failure is null && result.Errors.Count == 0, result.AllText);
        return bench;
    }
}
