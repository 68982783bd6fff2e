using System.Text.Json.Nodes;
using VisionRollout.Adapters;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Evidence;
using VisionRollout.Core.Journal;
using VisionRollout.Core.Plan;
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
        await bench.Session.Lease.ReleaseAsync();

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
            await somebody.Router.WriteAsync(route, new Dictionary<string, double> { ["green"] = 0.4, ["blue"] = 0.6 }, "blue", isWayBack: false, Token);
        }

        var gate = Assert.Single((await bench.RunAsync("Test-RolloutGate Canary")).As<GateResult>());
        Assert.NotEqual(Verdict.Go, gate.Verdict);
        Assert.Contains("blue 60 %", gate.Findings.Single(finding => finding.Criterion == "TrafficAsRecorded").Reason, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task A_NoGo_that_a_killed_runbook_recorded_is_answered_by_the_next_one()
    {
        await using var bench = await CanaryAsync();
        await bench.AppendAsync(new PhaseStarted("Preparation", null, null), new StepStarted("Preparation", "Watch"), new CanaryStageEnded(5, Verdict.NoGo, "a critical alert fires") { Trigger = "alert" });
        await bench.Session.Lease.ReleaseAsync();

        await using var again = await bench.SecondAsync();
        var result = await again.RunAsync("$null = Start-Rollout v1.1.0; Invoke-RolloutPhase Preparation -NoWait { 'never' }");
        Assert.Empty(result.Output);
        Assert.StartsWith("RolloutRolledBack", result.OnlyErrorId(), StringComparison.Ordinal);
        Assert.Equal("Service communication issues", Assert.Single((await again.JournalAsync()).OfType<ContingencyStarted>()).Risk);
        Assert.Equal(1, (await again.Session.World.Router.ReadAsync(Token)).Weights["green"]);
    }

    [Fact(Timeout = Limit)]
    public async Task A_stop_after_the_sign_off_that_did_not_come_to_its_end_is_finished_and_no_success()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster);
        await bench.DeployAsync();
        await bench.StartAsync();
        await bench.RunAsync("Switch-Traffic blue -Force -Confirm:$false");
        await bench.AppendAsync(new RolloutCompleted(RolloutOutcome.Succeeded, "signed off"), new StopRequested("ops", "Wrong totals"));
        await bench.Session.Lease.ReleaseAsync();

        await using var again = await bench.SecondAsync();
        var result = await again.RunAsync("Start-Rollout v1.1.0");
        Assert.StartsWith("RolloutStopped", result.OnlyErrorId(), StringComparison.Ordinal);
        Assert.Equal(1, (await again.Session.World.Router.ReadAsync(Token)).Weights["green"]);
        Assert.Equal("Wrong totals", Assert.Single((await again.JournalAsync()).OfType<RolledBack>()).Reason);
        Assert.Equal(("RolledBack", 3), await PhaseTests.StatusAsync(again));
    }

    [Fact(Timeout = Limit)]
    public async Task A_stop_after_the_sign_off_is_no_success_before_traffic_has_moved_either()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster);
        await bench.StartAsync();
        await bench.AppendAsync(new RolloutCompleted(RolloutOutcome.Succeeded, "signed off"), new StopRequested("ops", "Wrong totals"));
        var info = Assert.Single((await bench.RunAsync("Get-Rollout")).As<RolloutInfo>());
        Assert.Equal(("Stopped", 4, "Wrong totals"), (info.Status, info.ExitCode, info.Reason));
    }

    [Fact(Timeout = Limit)]
    public async Task A_version_that_turns_bad_between_two_phases_after_the_cutover_is_rolled_back()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster, plan => plan with { Timeline = [new PlanPhase { Name = "Later", Start = new TimeOnly(23, 58), Duration = TimeSpan.FromMinutes(1) }] });
        await bench.DeployAsync();
        await bench.StartAsync();
        await bench.RunAsync("Switch-Traffic blue -Force -Confirm:$false");
        var run = bench.Host.Start("Invoke-RolloutPhase Later { 'never' }");
        await bench.UntilRecordedAsync<LiveSampled>();
        var fault = await cluster.Process.AddFaultAsync(new JsonObject { ["name"] = "error-rate", ["target"] = new JsonObject { ["version"] = "v1.1.0" }, ["magnitude"] = 0.05 }, Token);
        try
        {
            var result = await run.ResultAsync();
            Assert.Empty(result.Output);
            Assert.StartsWith("RolloutRolledBack", result.OnlyErrorId(), StringComparison.Ordinal);
        }
        finally
        {
            await cluster.Process.RemoveFaultAsync((string)fault["id"]!, Token);
        }

        Assert.Equal(1, (await bench.Session.World.Router.ReadAsync(Token)).Weights["green"]);
    }

    [Fact(Timeout = Limit)]
    public async Task A_contingency_moves_traffic_before_anything_else_and_goes_on_when_an_action_breaks()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster, plan => plan with
        {
            Services = [.. plan.Services.Select(service => service with { Fallback = null })],
            Risks = [.. plan.Risks.Select(risk => risk.Triggers.Contains("external") ? risk with { Actions = [ContingencyAction.EnableFallback, ContingencyAction.RollBackTraffic, ContingencyAction.ScaleUp] } : risk)],
        });
        await bench.DeployAsync();
        await bench.StartAsync();
        await bench.RunAsync("Start-Canary");
        var cause = new RolloutException("TestNoGo", RolloutErrorKind.Failed, "The bank is down.", "", 5) { Trigger = "external" };
        try
        {
            var result = await bench.RunAsync("param($cause) Invoke-RolloutPhase Preparation -NoWait { Invoke-RolloutStep 'Judge' { throw $cause } }", cause);
            Assert.StartsWith("ContingencyFailed", result.OnlyErrorId(), StringComparison.Ordinal);
            var done = (await bench.JournalAsync()).OfType<ContingencyActionDone>().ToList();
            Assert.Equal([(ContingencyAction.RollBackTraffic, true), (ContingencyAction.EnableFallback, false), (ContingencyAction.ScaleUp, true)], done.Select(item => (item.Action, item.Succeeded)));
        }
        finally
        {
            foreach (var service in bench.Plan.Services) await bench.ScaleAsync(service.Deployments["green"], 1);
        }
    }

    [Fact(Timeout = Limit)]
    public async Task A_success_criterion_that_is_broken_ends_its_step_and_an_old_measurement_signs_nothing_off()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster, plan => plan with
        {
            SuccessCriteria = [.. plan.SuccessCriteria.Where(criterion => criterion.Metric == "Throughput").Select(criterion => criterion with { Limit = 1e9 })],
        });
        await bench.DeployAsync();
        await bench.StartAsync();
        await bench.RunAsync("Switch-Traffic blue -Force -Confirm:$false");
        await cluster.Process.AdvanceAsync(TimeSpan.FromMinutes(20), Token);
        var result = await bench.RunAsync("Invoke-RolloutStep 'Measure' { Test-SuccessCriterion -Require }");
        Assert.Contains("SuccessNoGo", result.AllText, StringComparison.Ordinal);
        var measured = Assert.Single((await bench.JournalAsync()).OfType<SuccessMeasured>());
        Assert.Equal(Verdict.NoGo, measured.Verdict);
        Assert.Equal("", Assert.Single((await bench.JournalAsync()).OfType<StepFailed>()).Trigger); // measured over both versions: people decide

        await bench.AppendAsync(new SuccessMeasured(Verdict.Go, []));
        await cluster.Process.AdvanceAsync(TimeSpan.FromMinutes(30), Token);
        Assert.Contains("the success criteria were measured 30 min ago", (await bench.RunAsync("Complete-Rollout")).AllText, StringComparison.Ordinal);
    }

    [Theory(Timeout = Limit)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_undo_that_was_killed_on_its_way_is_finished_by_the_next_start_and_nothing_moves_forward(bool moved)
    {
        await using var bench = await CanaryAsync();
        if (moved) await bench.RunAsync("Switch-Traffic green -Confirm:$false");
        await bench.AppendAsync(moved ? [new RollbackRequested("ops", "Wrong totals", false), new RolledBack("Wrong totals", 1, [], [])] : [new RollbackRequested("ops", "Wrong totals", false)]);
        Assert.Equal(("RollingBack", 5), await PhaseTests.StatusAsync(bench));
        await bench.Session.Lease.ReleaseAsync();

        await using var again = await bench.SecondAsync();
        var result = await again.RunAsync("Start-Rollout v1.1.0");
        Assert.StartsWith("RolloutEnded", result.OnlyErrorId(), StringComparison.Ordinal);
        Assert.Equal(1, (await again.Session.World.Router.ReadAsync(Token)).Weights["green"]);
        Assert.Equal(RolloutOutcome.RolledBack, Assert.Single((await again.JournalAsync()).OfType<RolloutCompleted>()).Outcome);
        Assert.Equal(("RolledBack", 3), await PhaseTests.StatusAsync(again));
    }

    [Fact(Timeout = Limit)]
    public async Task A_contingency_never_makes_the_old_version_smaller()
    {
        await using var bench = await CanaryAsync();
        try
        {
            // An earlier rollout has scaled up from two; meanwhile there are five.
            await bench.ScaleAsync("core-service", 5);
            await bench.Session.World.Workloads.AnnotateAsync("core-service", new Dictionary<string, string?> { ["visionrollout/replicas-before-scale-up"] = "earlier:2" }, Token);
            var cause = new RolloutException("CheckNoGo", RolloutErrorKind.Failed, "No CPU left.", "", 5) { Trigger = "cpu" };
            await bench.RunAsync("param($cause) Invoke-RolloutPhase Preparation -NoWait { Invoke-RolloutStep 'Judge' { throw $cause } }", cause);
            Assert.Equal(7, (await bench.Session.World.Workloads.FindAsync(bench.Plan.FindService("core")!, "green", Token))!.Desired);
        }
        finally
        {
            foreach (var service in bench.Plan.Services) await bench.ScaleAsync(service.Deployments["green"], 1);
        }
    }

    [Fact(Timeout = Limit)]
    public async Task What_is_prepared_for_a_later_day_blocks_no_other_version()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster);
        var day = DateOnly.FromDateTime((await cluster.Process.NowAsync(Token)).UtcDateTime).AddDays(7);
        var prepared = await bench.RunAsync($"Start-Rollout v1.2.0 -Day {day:yyyy-MM-dd}");
        Assert.Equal("Prepared", Assert.Single(prepared.As<RolloutInfo>()).Status);
        await bench.Session.Lease.ReleaseAsync();

        await using var hotfix = await bench.SecondAsync();
        var started = await hotfix.RunAsync("Start-Rollout v1.1.0; Invoke-RolloutPhase Preparation -NoWait { }");
        Assert.Equal("v1.1.0", Assert.Single(started.As<RolloutInfo>()).Version);
        await using var other = await hotfix.SecondAsync();
        Assert.Equal("v1.1.0", Assert.Single((await other.RunAsync("Get-Rollout")).As<RolloutInfo>()).Version);
        await hotfix.RunAsync("Undo-Rollout -Confirm:$false");
    }

    [Fact(Timeout = Limit)]
    public async Task A_fallback_that_is_still_on_is_told_at_the_start()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster);
        var fallback = bench.Plan.Services.First(service => service.Fallback is not null).Fallback!;
        await bench.Session.World.Objects.SetConfigurationAsync(fallback.ConfigMap, fallback.Key, fallback.On, Token);
        var result = await bench.RunAsync("Start-Rollout v1.1.0");
        await bench.Session.World.Objects.SetConfigurationAsync(fallback.ConfigMap, fallback.Key, fallback.Off, Token);
        Assert.Contains(fallback.ConfigMap, Assert.Single(result.Warnings, item => item.Message.Contains("fallback", StringComparison.Ordinal)).Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 3 * Limit)]
    public async Task A_canary_is_watched_on_when_the_API_server_was_away()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster, plan => plan with { Canary = plan.Canary with { Stages = [new PlanStage(0.25, TimeSpan.FromHours(2))] } });
        await bench.DeployAsync();
        await bench.StartAsync();
        await bench.RunAsync("Start-Canary");
        var run = bench.Host.Start("Watch-Canary");
        await bench.UntilRecordedAsync<CanarySampled>();
        var fault = await cluster.Process.AddFaultAsync(new JsonObject { ["name"] = "api-unreachable", ["forSeconds"] = 86400 }, Token);
        try
        {
            while (!run.Warnings.ToArray().Any(item => item.Message.Contains("where traffic stands is not known", StringComparison.Ordinal))) await Task.Delay(100, Token);
        }
        finally
        {
            await cluster.Process.RemoveFaultAsync((string)fault["id"]!, Token);
        }

        var result = await run.ResultAsync();
        Assert.Equal(Verdict.Go, Assert.Single(result.As<CanaryResult>()).Verdict);
    }

    [Fact(Timeout = Limit)]
    public async Task A_watch_that_could_not_read_the_alerts_shows_nothing()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster);
        await bench.StartAsync();
        await bench.Session.Lease.ReleaseAsync();
        await using var deaf = await bench.SecondAsync(move: endpoints => endpoints with { Alertmanager = new Uri("http://127.0.0.1:1") });
        var watch = await deaf.RunAsync("Watch-Rollout -For 0:02:00");
        Assert.StartsWith("LiveUndecided", watch.OnlyErrorId(), StringComparison.Ordinal);
        Assert.Contains("alerts are not known", watch.AllText, StringComparison.Ordinal);
    }

    [Theory(Timeout = Limit)]
    [InlineData("v1.0.0", Verdict.Undecided, Verdict.Go)] // the old version fails: nothing to compare with, and no fault of the new one
    [InlineData("v1.1.0", Verdict.NoGo, Verdict.NoGo)]
    public async Task The_new_version_answers_for_its_own_failures_only(string failing, Verdict compatibility, Verdict features)
    {
        await using var bench = await RolloutBench.CreateAsync(cluster, plan => plan with
        {
            SuccessCriteria = [.. plan.SuccessCriteria.Where(criterion => criterion.Metric is "ApiCompatibility" or "FeatureParity").OrderBy(criterion => criterion.Metric, StringComparer.Ordinal)],
        });
        await bench.DeployAsync();
        await bench.StartAsync();
        var fault = await cluster.Process.AddFaultAsync(new JsonObject { ["name"] = "service-communication", ["target"] = new JsonObject { ["version"] = failing } }, Token);
        try
        {
            var findings = (await bench.RunAsync("Test-SuccessCriterion")).As<Finding>();
            Assert.Equal([compatibility, features], findings.Select(finding => finding.Verdict));
        }
        finally
        {
            await cluster.Process.RemoveFaultAsync((string)fault["id"]!, Token);
        }
    }

    [Fact(Timeout = Limit)]
    public async Task What_a_decider_accepts_no_longer_stands_against_the_sign_off()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster, plan => plan with
        {
            SuccessCriteria = [.. plan.SuccessCriteria.Where(criterion => criterion.Metric == "Throughput").Select(criterion => criterion with { Limit = 1e9 })],
        });
        await bench.DeployAsync();
        await bench.StartAsync();
        await cluster.Process.AdvanceAsync(TimeSpan.FromMinutes(20), Token);
        const string approve = "Approve-SuccessCriterion throughput -Reason 'Quiet day'";
        Assert.StartsWith("NothingToAccept", (await bench.RunAsync($"{approve} -Role CTO -Context cto@vision-to-code.com")).OnlyErrorId(), StringComparison.Ordinal);
        await bench.RunAsync("Test-SuccessCriterion");
        Assert.StartsWith("NotADecider", (await bench.RunAsync($"{approve} -Role 'Tech Lead'")).OnlyErrorId(), StringComparison.Ordinal);
        Assert.StartsWith("IdentityMismatch", (await bench.RunAsync($"{approve} -Role CTO -Context jane@vision-to-code.com")).OnlyErrorId(), StringComparison.Ordinal);
        Assert.StartsWith("SuccessCriterionNotFound", (await bench.RunAsync("Approve-SuccessCriterion Throughput! -Role CTO -Reason x")).OnlyErrorId(), StringComparison.Ordinal);

        Assert.StartsWith("UpToInvalid", (await bench.RunAsync($"{approve} -Role CTO -UpTo '3 h' -Context cto@vision-to-code.com")).OnlyErrorId(), StringComparison.Ordinal);

        // What is worse than what was accepted stands against the sign-off as before.
        Assert.Empty((await bench.RunAsync($"{approve} -Role CTO -UpTo '500000000 requests/s' -Context cto@vision-to-code.com")).Errors);
        var worse = await bench.RunAsync("Test-SuccessCriterion -Require");
        Assert.StartsWith("SuccessNoGo", worse.OnlyErrorId(), StringComparison.Ordinal);
        Assert.Contains("CTO has accepted 500,000,000", worse.AllText, StringComparison.Ordinal);
        Assert.Contains("Throughput", (await bench.RunAsync("Complete-Rollout")).AllText, StringComparison.Ordinal);

        var accepted = Assert.Single((await bench.RunAsync($"{approve} -Role CTO -Context cto@vision-to-code.com -PassThru")).As<CriterionAccepted>());
        Assert.Equal(("Throughput", "cto@vision-to-code.com", null), (accepted.Criterion, accepted.Identity, accepted.Highest));
        Assert.InRange(accepted.Lowest!.Value, 0, 1e8);
        var again = await bench.RunAsync("Test-SuccessCriterion -Require");
        Assert.Empty(again.Errors);
        Assert.Contains("accepted by CTO (cto@vision-to-code.com): Quiet day", Assert.Single(again.As<Finding>()).Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("Throughput", (await bench.RunAsync("Complete-Rollout")).AllText, StringComparison.Ordinal);
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
