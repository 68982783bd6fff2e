using System.Management.Automation;
using VisionRollout.Core.Journal;
using VisionRollout.Core.State;

namespace VisionRollout.Module.Tests.Rollout;

/// <summary>Phases, steps, resume, contingency and stop, in the hosted engine against a rehearsal cluster.</summary>
public sealed class RunbookTests(ClusterFixture fixture) : IClassFixture<ClusterFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task A_completed_step_is_not_run_again_and_gives_back_its_output_with_its_types()
    {
        var journals = fixture.NewJournals();
        const string runbook = """
            $null = Start-Rollout -Version v1.1.0
            Invoke-RolloutPhase Preparation -NoWait {
                $global:runs++
                Invoke-RolloutStep 'Look' { $global:looks++; Get-Traffic; 'text'; 42; [timespan]'0:30:00'; [pscustomobject]@{ A = 1; B = 'x' } }
                if ($global:interrupt) { throw 'interrupted' }
            }
            """;
        using var first = await fixture.ConnectAsync(journals);
        var interrupted = await first.RunAsync("$ErrorActionPreference = 'Stop'; $global:interrupt = $true; $global:looks = 0\n" + runbook);
        Assert.Contains("RolloutHeld", interrupted.Failure!.ErrorRecord.FullyQualifiedErrorId, StringComparison.Ordinal);

        using var second = await fixture.ConnectAsync(journals);
        var resumed = await second.RunAsync("$global:looks = 0\n" + runbook + "\n\"looks: $global:looks\"");

        Assert.Null(resumed.Failure);
        Assert.Equal(interrupted.Output.Select(item => item.BaseObject.GetType()).SkipLast(1), resumed.Output.SkipLast(2).Select(item => item.BaseObject.GetType()));
        Assert.Equal(["green", "blue"], resumed.Output.Select(item => item.BaseObject).OfType<TrafficInfo>().Select(item => item.Colour));
        Assert.Contains(resumed.Output, item => item.BaseObject is 42);
        Assert.Contains(resumed.Output, item => item.BaseObject is TimeSpan { TotalMinutes: 30 });
        Assert.Contains(resumed.Output, item => item.Properties["B"]?.Value as string == "x");
        Assert.Equal("looks: 0", resumed.Output[^1].BaseObject);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_step_that_writes_an_error_is_not_done()
    {
        using var host = await fixture.ConnectAsync(fixture.NewJournals());

        var result = await host.RunAsync("""
            $null = Start-Rollout -Version v1.1.0
            try { Invoke-RolloutPhase Preparation -NoWait { Invoke-RolloutStep 'Ask' { Get-RolloutService nosuch; 'after' } } }
            catch { $_.FullyQualifiedErrorId }
            """);

        Assert.StartsWith("RolloutHeld", (string)result.Output[^1].BaseObject, StringComparison.Ordinal);
        var state = await StateAsync(host);
        var step = state.FindStep("Preparation", "Ask")!;
        Assert.Equal(ActivityStatus.Failed, step.Status);
        Assert.Contains("nosuch", step.Failure!.Error, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_failed_step_ends_its_phase_whatever_the_callers_preference()
    {
        using var host = await fixture.ConnectAsync(fixture.NewJournals());

        var result = await host.RunAsync("""
            $ErrorActionPreference = 'Continue'
            $null = Start-Rollout -Version v1.1.0
            Invoke-RolloutPhase Preparation -NoWait { Invoke-RolloutStep 'Fail' { throw 'no' }; Invoke-RolloutStep 'Next' { 'must not run' } }
            """);

        Assert.DoesNotContain(result.Output, item => item.BaseObject is "must not run");
        Assert.Null((await StateAsync(host)).FindStep("Preparation", "Next"));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_phase_writes_each_object_as_it_comes()
    {
        using var host = await fixture.ConnectAsync(fixture.NewJournals());
        var run = host.Start("""
            $null = Start-Rollout -Version v1.1.0
            Invoke-RolloutPhase Preparation -NoWait { 'first'; $gate = [System.Threading.ManualResetEventSlim]$global:gate; $null = $gate.Wait(60000); 'second' }
            """.Insert(0, "$global:gate = [System.Threading.ManualResetEventSlim]::new()\n$global:gate\n"));
        await run.OutputCountAsync(2);

        Assert.Equal("first", run.Output[1].BaseObject);
        ((ManualResetEventSlim)run.Output[0].BaseObject).Set();
        var result = await run.ResultAsync();

        Assert.Null(result.Failure);
        Assert.Equal("second", result.Output[^1].BaseObject);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_failure_with_a_trigger_of_the_risk_matrix_ends_on_the_old_version()
    {
        using var host = await fixture.ConnectAsync(fixture.NewJournals());

        var result = await host.RunAsync("""
            $ErrorActionPreference = 'Stop'
            $null = Start-Rollout -Version v1.1.0
            Invoke-RolloutPhase Preparation -NoWait { throw 'no risk of the plan' }
            """);
        Assert.Contains("RolloutHeld", result.Failure!.ErrorRecord.FullyQualifiedErrorId, StringComparison.Ordinal);

        var rolledBack = await host.RunAsync("""
            $ErrorActionPreference = 'Stop'
            Invoke-RolloutPhase Preparation -NoWait {
                Invoke-RolloutStep 'Fail' { throw [VisionRollout.Module.Tests.Rollout.Failures]::Latency() }
            }
            """);

        Assert.Contains("RolloutRolledBack", rolledBack.Failure!.ErrorRecord.FullyQualifiedErrorId, StringComparison.Ordinal);
        var state = await StateAsync(host);
        Assert.Equal("Performance degradation", state.Contingency!.Risk);
        Assert.Equal(RolloutOutcome.RolledBack, state.Completed!.Outcome);
        Assert.NotNull(state.RolledBack);
        Assert.Equal(1, state.Traffic!.Weights["green"]);
    }

    [Fact(Timeout = 120_000)]
    public async Task An_emergency_stop_from_another_shell_ends_a_waiting_phase_and_its_runbook_starts_no_more()
    {
        var journals = fixture.NewJournals();
        using var runbook = await fixture.ConnectAsync(journals);
        using var other = await fixture.ConnectAsync(journals);
        var run = runbook.Start("""
            $ErrorActionPreference = 'Stop'
            $null = Start-Rollout -Version v1.1.0
            Invoke-RolloutPhase Preparation -NoWait { 'waiting'; $step = 0; while ($true) { Invoke-RolloutStep "Step $($step++)" { Watch-Rollout -For 0:02:00 } } }
            """);
        await run.OutputCountAsync(1);

        var stop = await other.RunAsync("Stop-Rollout -Emergency -Reason 'Payments are failing'");
        var result = await run.ResultAsync();

        Assert.Null(stop.Failure);
        Assert.IsType<RolledBack>(stop.Output.Single().BaseObject);
        Assert.Contains("RolloutStopped", result.Failure!.ErrorRecord.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("Payments are failing", result.Failure.Message, StringComparison.Ordinal);
        Assert.Equal("Stopped", (await other.RunAsync("(Get-Rollout).Status")).Output.Single().BaseObject);
    }

    [Fact(Timeout = 120_000)]
    public async Task Ctrl_C_leaves_a_journal_that_resumes()
    {
        var journals = fixture.NewJournals();
        using var first = await fixture.ConnectAsync(journals);
        var run = first.Start("""
            $null = Start-Rollout -Version v1.1.0
            Invoke-RolloutPhase Preparation -NoWait { 'begun'; Invoke-RolloutStep 'Long' { Watch-Rollout -For 10000:00:00 } }
            """);
        await run.OutputCountAsync(1);
        await run.StopAsync().WaitAsync(TimeSpan.FromSeconds(10), Token);
        Assert.Null((await first.RunAsync("Disconnect-Rollout")).Failure); // what the end of its process does

        using var second = await fixture.ConnectAsync(journals);
        var resumed = await second.RunAsync("""
            (Start-Rollout -Version v1.1.0).Resumes
            Invoke-RolloutPhase Preparation -NoWait { Invoke-RolloutStep 'Long' { 'done' } }
            """);

        Assert.Null(resumed.Failure);
        Assert.Equal([1, "done"], resumed.Output.Select(item => item.BaseObject));
    }

    [Fact(Timeout = 120_000)]
    public async Task Another_version_is_refused_while_a_rollout_is_under_way()
    {
        using var host = await fixture.ConnectAsync(fixture.NewJournals());

        var result = await host.RunAsync("$ErrorActionPreference = 'Stop'; $null = Start-Rollout -Version v1.1.0; Start-Rollout -Version v1.2.0");

        Assert.Contains("RolloutUnderWay", result.Failure!.ErrorRecord.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(ErrorCategory.ResourceBusy, result.Failure.ErrorRecord.CategoryInfo.Category);
    }

    [Fact(Timeout = 120_000)]
    public async Task The_version_that_is_live_is_not_rolled_out()
    {
        using var host = await fixture.ConnectAsync(fixture.NewJournals());

        var result = await host.RunAsync("$ErrorActionPreference = 'Stop'; Start-Rollout -Version v1.0.0");

        Assert.Contains("AlreadyLive", result.Failure!.ErrorRecord.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task WhatIf_writes_nothing_anywhere()
    {
        var journals = fixture.NewJournals();
        using var host = await fixture.ConnectAsync(journals);
        Assert.Null((await host.RunAsync("$null = Start-Rollout -Version v1.1.0")).Failure);
        var journal = await File.ReadAllBytesAsync(Directory.GetFiles(journals, "*.jsonl").Single(), Token);
        var effects = (await fixture.Cluster.GetAsync("effects", Token)).ToJsonString();
        var hooks = (await fixture.Cluster.GetAsync("hooks", Token)).ToJsonString();

        var result = await host.RunAsync("""
            $WhatIfPreference = $true
            Get-RolloutService | Deploy-Service
            Get-RolloutService | Backup-ServiceDatabase
            Get-RolloutService | Invoke-DatabaseMigration
            Get-RolloutService | Undo-DatabaseMigration
            Start-Canary
            Switch-Traffic blue -Force
            Protect-Environment green
            Approve-RolloutGate Canary -Role 'Tech Lead'
            Deny-RolloutGate Canary -Role 'Tech Lead' -Reason 'no'
            Send-RolloutMessage Started
            Confirm-RolloutChecklist 'Team briefing' -All
            Undo-Rollout
            Stop-Rollout -Emergency
            Complete-Rollout
            Invoke-RolloutPhase Cutover { Invoke-RolloutStep 'Switch the traffic' { Switch-Traffic blue -Force } }
            """);

        Assert.Null(result.Failure);
        Assert.Empty(result.Errors);
        Assert.Equal(journal, await File.ReadAllBytesAsync(Directory.GetFiles(journals, "*.jsonl").Single(), Token));
        Assert.Equal(effects, (await fixture.Cluster.GetAsync("effects", Token)).ToJsonString());
        Assert.Equal(hooks, (await fixture.Cluster.GetAsync("hooks", Token)).ToJsonString());
        Assert.False(Directory.Exists(fixture.Cluster["backups"]) && Directory.EnumerateFileSystemEntries(fixture.Cluster["backups"]).Any());
    }

    [Fact(Timeout = 120_000)]
    public async Task One_bad_service_does_not_stop_the_others()
    {
        using var host = await fixture.ConnectAsync(fixture.NewJournals());

        var result = await host.RunAsync("'business', 'nosuch', 'core', 'swarm' | Get-DatabaseMigration -Last 1 | ForEach-Object Service");
        var stopped = await host.RunAsync("try { 'nosuch' | Get-DatabaseMigration -ErrorAction Stop } catch { 'caught' }");

        Assert.Equal(["business", "core", "swarm"], result.Output.Select(item => item.BaseObject));
        Assert.StartsWith("ServiceNotFound", Assert.Single(result.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal("caught", Assert.Single(stopped.Output).BaseObject);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_gate_waits_for_its_deciders_in_other_shells()
    {
        var journals = fixture.NewJournals();
        using var runbook = await fixture.ConnectAsync(journals);
        using var decider = await fixture.ConnectAsync(journals);
        Assert.Null((await runbook.RunAsync("$null = Start-Rollout -Version v1.1.0")).Failure);

        var open = await decider.RunAsync("Test-RolloutGate Canary");
        var wrong = await decider.RunAsync("Approve-RolloutGate Canary -Role 'Intern'");
        await decider.RunAsync("Approve-RolloutGate Canary -Role 'Tech Lead' -Context jane@vision-to-code.com");
        var half = await decider.RunAsync("Test-RolloutGate Canary");
        var denied = runbook.Start("$ErrorActionPreference = 'Stop'; Test-RolloutGate Canary -Wait");
        await decider.RunAsync("Deny-RolloutGate Canary -Role 'DevOps Lead' -Context bob@vision-to-code.com -Reason 'Not today'");
        var end = await denied.ResultAsync();

        var gate = open.As<GateResult>().Single();
        Assert.Equal(["Tech Lead", "DevOps Lead"], gate.Missing);
        Assert.Equal(Core.Evidence.Verdict.NoGo, gate.Findings.First(finding => finding.Criterion == "PodsReady").Verdict);
        Assert.StartsWith("NotADecider", Assert.Single(wrong.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(["DevOps Lead"], half.As<GateResult>().Single().Missing);
        Assert.Contains("GateNotGo", end.Failure!.ErrorRecord.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_message_is_sent_once_to_each_channel()
    {
        using var host = await fixture.ConnectAsync(fixture.NewJournals());

        var result = await host.RunAsync("$null = Start-Rollout -Version v1.1.0; Send-RolloutMessage Started -PassThru; Send-RolloutMessage Started -PassThru");

        var sent = result.As<SentMessage>();
        Assert.Equal([("#deployment-status", true), ("#eng-general", true), ("#deployment-status", false), ("#eng-general", false)], sent.Select(message => (message.Channel, message.Sent)));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_checklist_stays_open_when_nobody_is_there_to_ask()
    {
        using var host = await fixture.ConnectAsync(fixture.NewJournals());

        var result = await host.RunAsync("$null = Start-Rollout -Version v1.1.0; Confirm-RolloutChecklist 'Team briefing'");

        Assert.Empty(result.Output);
        Assert.StartsWith("ChecklistOpen", Assert.Single(result.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task Lists_of_outputs_can_be_indexed()
    {
        using var host = await fixture.ConnectAsync(fixture.NewJournals());

        var result = await host.RunAsync("""
            $null = Start-Rollout -Version v1.1.0
            (Test-Deployment green -PassThru).Findings[0].Criterion
            (Test-RolloutGate Canary).Missing[1]
            """);

        Assert.Equal(["PodsReady", "DevOps Lead"], result.Output.Select(item => item.BaseObject));
    }

    private static async Task<RolloutState> StateAsync(ModuleHost host)
    {
        var path = (string)(await host.RunAsync("(Get-Rollout).Journal")).Output.Single().BaseObject;
        using var journal = new JournalFile(path);
        return RolloutState.From(await journal.ReadAsync(Token))!;
    }
}
