using VisionRollout.Core.Journal;
using VisionRollout.Module.Tests.World;

namespace VisionRollout.Module.Tests.Rollout;

/// <summary>Two machines share nothing but the plan and the cluster.</summary>
[Collection(nameof(ClusterOfShells))]
public sealed class OtherMachineTests(ClusterOfShells cluster)
{
    private const int Limit = 120_000;

    [Fact(Timeout = Limit)]
    public async Task Another_machine_resumes_where_the_first_one_ended()
    {
        await using var first = await RolloutBench.CreateAsync(cluster, environment: "resume");
        await first.DeployAsync();
        await first.StartAsync();
        Assert.Equal("one", (await first.RunAsync("Invoke-RolloutStep 'First' { 'one' }")).Output[0].BaseObject);
        await first.Session.Lease.ReleaseAsync();

        await using var second = await first.OtherMachineAsync();
        var shown = Assert.Single((await second.RunAsync("Get-Rollout")).As<RolloutInfo>());
        Assert.Equal(("v1.1.0", "Running", "First"), (shown.Version, shown.Status, shown.Step));
        await second.StartAsync();
        var steps = await second.RunAsync("Invoke-RolloutStep 'First' { throw 'done twice' }; Invoke-RolloutStep 'Second' { 'two' }");
        Assert.Equal(["one", "two"], steps.Output.Select(item => item.BaseObject));
        Assert.Equal(1, Assert.Single((await second.RunAsync("Get-Rollout")).As<RolloutInfo>()).Resumes);

        // The first one wakes and sees it all, but moves nothing any more.
        Assert.StartsWith("LeaseHeld", (await first.RunAsync("Switch-Traffic blue -Force -Confirm:$false")).OnlyErrorId(), StringComparison.Ordinal);
        await second.RunAsync("Undo-Rollout -Confirm:$false");
    }

    [Fact(Timeout = Limit)]
    public async Task An_emergency_stop_needs_the_plan_and_the_cluster_only()
    {
        await using var first = await RolloutBench.CreateAsync(cluster, PhaseTests.Tomorrow, realTime: true, environment: "emergency");
        await first.DeployAsync();
        await first.StartAsync();
        await first.RunAsync("Start-Canary 5");
        var run = first.Host.Start("Invoke-RolloutPhase Later { 'never' }");
        await run.UntilProgressAsync("Waiting for Later");

        await using var second = await first.OtherMachineAsync();
        var stop = await second.RunAsync("Stop-Rollout -Emergency -Reason 'Payments are failing'");
        var began = System.Diagnostics.Stopwatch.StartNew();
        var result = await run.ResultAsync();
        Assert.InRange(began.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(8));
        Assert.StartsWith("RolloutStopped", result.OnlyErrorId(), StringComparison.Ordinal);
        Assert.Empty(stop.Errors);
        Assert.Single(stop.As<RolledBack>());
        Assert.Equal(1, (await second.RunAsync("Get-Traffic")).As<TrafficInfo>().Single(item => item.Colour == "green").Weight);
        foreach (var machine in new[] { first, second }) Assert.Equal(("Stopped", 4), await PhaseTests.StatusAsync(machine));

        await using var third = await first.OtherMachineAsync();
        Assert.Empty((await third.RunAsync("Stop-Rollout -Emergency")).Errors);
        Assert.Empty((await third.RunAsync("Undo-Rollout -Confirm:$false")).Errors);
    }

    [Theory(Timeout = Limit)]
    [InlineData("Stop-Rollout -Emergency", "stops")]
    [InlineData("Undo-Rollout -Confirm:$false", "undoes")]
    public async Task A_shell_whose_lease_went_to_another_machine_can_still_take_the_rollout_back(string command, string environment)
    {
        await using var first = await RolloutBench.CreateAsync(cluster, environment: environment);
        await first.DeployAsync();
        await first.StartAsync();
        await first.RunAsync("Start-Canary 5");
        await using var second = await first.OtherMachineAsync();
        await second.Session.Lease.AcquireAsync(takeOver: true, shell: null, TestContext.Current.CancellationToken);

        Assert.StartsWith("LeaseLost", (await first.RunAsync("Switch-Traffic blue -Force -Confirm:$false")).OnlyErrorId(), StringComparison.Ordinal);
        var back = await first.RunAsync(command);
        Assert.Empty(back.Errors);
        Assert.Single(back.As<RolledBack>());
        Assert.Equal(1, (await second.RunAsync("Get-Traffic")).As<TrafficInfo>().Single(item => item.Colour == "green").Weight);
    }

    [Fact(Timeout = Limit)]
    public async Task A_rollout_is_kept_in_its_folder_only_when_asked()
    {
        await using var first = await RolloutBench.CreateAsync(cluster);
        await first.StartAsync();
        await first.Session.Lease.ReleaseAsync();
        await using var second = await first.OtherMachineAsync();
        Assert.Empty((await second.RunAsync("Get-Rollout")).Output);
    }
}
