namespace VisionRollout.EndToEnd.Tests;

/// <summary>A gate that nobody decides holds the rollout; the runbook that is started again with the approvals finishes it.</summary>
public sealed class HeldGateTests
{
    private const int Held = 5;

    [Fact(Timeout = 1_200_000)]
    public async Task Deciders_are_told_and_their_approvals_may_come_with_a_restart()
    {
        var token = TestContext.Current.CancellationToken;
        await using var runbook = await RunbookRun.PrepareAsync(token);
        var (code, story) = await runbook.RunAsync(Repository.Runbook, $"-Confirmed '*' -ReportPath '{runbook.Folder.Reports}'; exit $LASTEXITCODE", token);
        Assert.True(code == Held, $"exit code {code}\n{story}");
        var held = await runbook.InspectAsync(token);
        Assert.Equal((50, 50), (held.Weights["vision-to-code-green"], held.Weights["vision-to-code-blue"]));
        Assert.Contains(held.Chat, text => text.Contains("Waiting for a decision: gate Canary, Tech Lead, DevOps Lead", StringComparison.Ordinal));
        held.AssertNothingLost();

        await using var host = runbook.Start();
        code = await host.WaitAsync(token);
        Assert.True(code == 0, $"exit code {code}\n{host.Story}");
        (await runbook.InspectAsync(token)).AssertServedBy("blue", "green");
    }
}
