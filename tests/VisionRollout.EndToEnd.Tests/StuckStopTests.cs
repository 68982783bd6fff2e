namespace VisionRollout.EndToEnd.Tests;

/// <summary>A stop that can't move the traffic back is people's business, also when the runbook is started again.</summary>
public sealed class StuckStopTests
{
    private const int Held = 5;
    private const int Stopped = 4;

    [Fact(Timeout = 1_200_000)]
    public async Task A_restarted_runbook_tells_that_the_stop_is_not_through_and_ends_it_when_it_can()
    {
        var token = TestContext.Current.CancellationToken;
        await using var runbook = await RunbookRun.PrepareAsync(token);
        var connect = $"param([object] $Endpoint, [string] $JournalPath)\nImport-Module VisionRollout\n$null = Connect-Rollout '{Repository.Plan}' production -Endpoint $Endpoint -JournalPath $JournalPath\n";
        var (code, story) = await ScriptAsync("$null = Start-Rollout v1.1.0; $null = Get-RolloutService | Deploy-Service | Watch-Deployment; $null = Start-Canary 5; exit 0");
        Assert.True(code == 0, story);
        await runbook.ScaleAsync("core-service", 0, token);
        (code, story) = await ScriptAsync("Stop-Rollout -Emergency -Reason 'Payments are failing'");
        Assert.True(code != 0, story);

        await using (var host = runbook.Start())
        {
            code = await host.WaitAsync(token);
            Assert.True(code == Held, $"exit code {code}\n{host.Story}");
            Assert.Contains("Stopping", host.Story, StringComparison.Ordinal);
        }

        var stuck = await runbook.InspectAsync(token);
        Assert.Equal(5, stuck.Weights["vision-to-code-blue"]);
        Assert.Contains(stuck.Chat, text => text.Contains("🔴", StringComparison.Ordinal) && text.Contains("Payments are failing", StringComparison.Ordinal));

        await runbook.ScaleAsync("core-service", 3, token);
        await using var last = runbook.Start();
        code = await last.WaitAsync(token);
        Assert.True(code == Stopped, $"exit code {code}\n{last.Story}");
        Assert.Equal(100, (await runbook.InspectAsync(token)).Weights["vision-to-code-green"]);

        async Task<(int ExitCode, string Story)> ScriptAsync(string lines)
        {
            var path = runbook.Folder.In($"shell.{Guid.NewGuid():N}.ps1");
            await File.WriteAllTextAsync(path, connect + lines, token);
            return await runbook.RunAsync(path, "; exit $LASTEXITCODE", token);
        }
    }
}
