using VisionRollout.Core.Journal;
using VisionRollout.Module.Tests.World;

namespace VisionRollout.Module.Tests.Traffic;

[Collection(nameof(ClusterOfRollouts))]
public sealed class ClearEnvironmentTests(ClusterOfRollouts cluster)
{
    private const int Limit = 180_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = Limit)]
    public async Task A_colour_goes_after_its_retention_when_nobody_misses_it_and_never_before()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster);
        await bench.DeployAsync();
        // Other tests of the collection have left their traces: their annotations, and requests of the last minutes.
        foreach (var workload in await bench.Session.World.Workloads.ListAsync("blue", Token))
            await bench.Session.World.Workloads.AnnotateAsync(workload.Deployment, new Dictionary<string, string?> { ["keep-until"] = null }, Token);
        await cluster.Process.AdvanceAsync(TimeSpan.FromMinutes(8), Token);
        try
        {
            await RefusedAsync(bench, "Clear-Environment green -Confirm:$false", "ColourServes");
            await RefusedAsync(bench, "Clear-Environment blue -Confirm:$false", "RetentionUnknown");
            await bench.RunAsync("Protect-Environment blue -For 0:30:00; Disconnect-Rollout");
            await using var other = await bench.SecondAsync();
            await RefusedAsync(other, "Clear-Environment -Confirm:$false", "RetentionRuns");
            await cluster.Process.AdvanceAsync(TimeSpan.FromMinutes(31), Token);

            var before = await other.OutsideAsync();
            Assert.Empty((await other.RunAsync("Clear-Environment -WhatIf")).Errors);
            Assert.Equal(before, await other.OutsideAsync());

            var cleared = await other.RunAsync("Clear-Environment -Confirm:$false");
            Assert.Empty(cleared.Errors);
            Assert.Equal(("blue", 4), (Assert.Single(cleared.As<EnvironmentCleared>()).Colour, cleared.As<EnvironmentCleared>()[0].Deployments.Count));
            Assert.Empty(await other.Session.World.Workloads.ListAsync("blue", Token));
            Assert.Equal(4, (await other.Session.World.Workloads.ListAsync("green", Token)).Count);
            // Again: there is nothing left to do.
            Assert.Empty((await other.RunAsync("Clear-Environment -Confirm:$false")).Output);
        }
        finally
        {
            await using var repair = await bench.SecondAsync();
            await repair.DeployAsync();
        }
    }

    [Fact(Timeout = Limit)]
    public async Task Requests_that_still_arrive_or_a_route_that_turns_back_keep_a_colour_alive()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster);
        await bench.DeployAsync();
        await bench.RunAsync("Start-Canary 5 -Confirm:$false; Protect-Environment blue -For 0:00:01");
        await bench.RunAsync("Switch-Traffic blue -Force -Confirm:$false");
        await cluster.Process.AdvanceAsync(TimeSpan.FromMinutes(2), Token);
        await bench.RunAsync("Switch-Traffic green -Force -Confirm:$false");
        await RefusedAsync(bench, "Clear-Environment blue -Force -Confirm:$false", "TrafficSeen");
        await cluster.Process.AdvanceAsync(TimeSpan.FromMinutes(8), Token);
        await RefusedAsync(bench, "Switch-Traffic blue -Force -Confirm:$false; Clear-Environment blue -Force -Confirm:$false", "ColourServes");
        await bench.RunAsync("Switch-Traffic green -Force -Confirm:$false");
        Assert.All(await bench.Session.World.Workloads.ListAsync("blue", Token), workload => Assert.Equal((1, 1), (workload.Desired, workload.Ready)));
    }

    [Fact(Timeout = Limit)]
    public async Task The_rights_of_the_caller_are_told_before_the_start()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster);
        var all = await bench.RunAsync("Test-RolloutAccess");
        Assert.Contains(all.As<AccessInfo>(), item => item is { Verb: "patch", Resource: "virtualservices.networking.istio.io", Allowed: true });
        Assert.Empty((await bench.RunAsync("Test-RolloutAccess -Missing")).Output);
        Assert.Equal(true, (await bench.RunAsync("Test-RolloutAccess -Quiet")).Output[0].BaseObject);
    }

    private static async Task RefusedAsync(RolloutBench bench, string command, string id) =>
        Assert.StartsWith(id, (await bench.RunAsync(command)).OnlyErrorId(), StringComparison.Ordinal);
}
