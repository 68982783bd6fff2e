using System.Text.Json.Nodes;
using VisionRollout.Core.Journal;
using VisionRollout.Core.Plan;
using VisionRollout.Module.Tests.World;

namespace VisionRollout.Module.Tests.Rollout;

/// <summary>A full disk or a folder without permission must not keep users on a bad version: traffic moves back first, and what the journal lacks is said.</summary>
[Collection(nameof(ClusterOfRollouts))]
public sealed class UnwritableJournalTests(ClusterOfRollouts cluster)
{
    private const int Limit = 120_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Timeout = Limit)]
    [InlineData("Stop-Rollout -Emergency -Reason 'Payments are failing'", "Stopped", 4)]
    [InlineData("Undo-Rollout -Reason 'Payments are failing' -Confirm:$false", "RolledBack", 3)]
    public async Task The_way_back_does_not_need_the_journal(string command, string status, int exitCode)
    {
        await using var bench = await CanaryAsync();
        var records = (await bench.RecordsAsync()).Count;
        Block(bench);
        var back = await bench.RunAsync(command);
        Assert.Empty(back.Errors);
        Assert.Single(back.As<RolledBack>());
        Assert.Equal(1, (await bench.Session.World.Router.ReadAsync(Token)).Weights["green"]);
        var warning = Assert.Single(back.Warnings, item => item.Message.Contains("not in the journal", StringComparison.Ordinal)).Message;
        Assert.All((string[])["TrafficMoved", "RolledBack", "RolloutCompleted"], name => Assert.Contains(name, warning, StringComparison.Ordinal));
        Assert.Equal(records, (await bench.RecordsAsync()).Count);
        Assert.Equal((status, exitCode), await PhaseTests.StatusAsync(bench)); // what happened, not what could be written

        // The remedy: the same again, when the journal can be written.
        Unblock(bench);
        Assert.Empty((await bench.RunAsync(command)).Errors);
        Assert.Equal((status, exitCode), await PhaseTests.StatusAsync(bench));
        var entries = await bench.JournalAsync();
        Assert.Single(entries.OfType<RolloutCompleted>());
        Assert.Contains(entries.OfType<TrafficMoved>(), moved => moved.From["blue"] > 0 && moved.Weights["green"] >= 1);
    }

    [Fact(Timeout = Limit)]
    public async Task A_fresh_shell_finishes_the_story_that_the_journal_lacks()
    {
        await using var bench = await CanaryAsync();
        Block(bench);
        await bench.RunAsync("Stop-Rollout -Emergency -Reason 'Payments are failing'");
        await bench.Session.Lease.ReleaseAsync();
        Unblock(bench);
        await using var fresh = await bench.SecondAsync();
        Assert.Empty((await fresh.RunAsync("Stop-Rollout -Emergency -Reason 'Payments are failing'")).Errors);
        Assert.Equal(("Stopped", 4), await PhaseTests.StatusAsync(fresh));
    }

    [Fact(Timeout = Limit)]
    public async Task A_NoGo_rolls_back_although_neither_it_nor_the_move_can_be_recorded()
    {
        await using var bench = await CanaryAsync(plan => plan with { Timeline = [.. plan.Timeline.SkipWhile(phase => phase.Name != "Canary")] });
        var fault = await cluster.Process.AddFaultAsync(new JsonObject { ["name"] = "error-rate", ["target"] = new JsonObject { ["version"] = "v1.1.0" }, ["magnitude"] = 0.2 }, Token);
        try
        {
            var result = await bench.RunAsync("param($lock) Invoke-RolloutPhase Canary -NoWait { Invoke-RolloutStep 'Watch' { [IO.File]::Delete($lock); $null = [IO.Directory]::CreateDirectory($lock); Watch-Canary } }", LockOf(bench));
            Assert.StartsWith("RolloutRolledBack", result.OnlyErrorId(), StringComparison.Ordinal);
            Assert.Contains(result.Warnings, item => item.Message.Contains("not in the journal", StringComparison.Ordinal));
        }
        finally
        {
            await cluster.Process.RemoveFaultAsync((string)fault["id"]!, Token);
            Unblock(bench);
        }

        Assert.Equal(1, (await bench.Session.World.Router.ReadAsync(Token)).Weights["green"]);
    }

    private async Task<RolloutBench> CanaryAsync(Func<RolloutPlan, RolloutPlan>? change = null)
    {
        var bench = await RolloutBench.CreateAsync(cluster, change);
        await bench.DeployAsync();
        await bench.StartAsync();
        var result = await bench.RunAsync("Start-Canary");
        Assert.True(result.Failure is null && result.Errors.Count == 0, result.AllText);
        return bench;
    }

    // A folder where the lock file should be: nobody can append, not even root.
    private static void Block(RolloutBench bench)
    {
        File.Delete(LockOf(bench));
        Directory.CreateDirectory(LockOf(bench));
    }

    private static void Unblock(RolloutBench bench) => Directory.Delete(LockOf(bench));

    private static string LockOf(RolloutBench bench) => Assert.Single(Directory.GetFiles(bench.Session.JournalPath, "*.jsonl")) + ".lock";
}
