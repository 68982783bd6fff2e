using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Journal;
using VisionRollout.Core.Traffic;
using VisionRollout.Tests.Shared;

namespace VisionRollout.Adapters.Tests.Cluster;

/// <summary>Canary, cutover and way back again and again under load, with numbered requests: none lost, repeated or sent astray.
/// VISIONROLLOUT_TEST_CYCLES sets how often without a fault (2).</summary>
public sealed class CycleTests(CycleCluster cycles, ITestOutputHelper output) : IClassFixture<CycleCluster>
{
    private const int Limit = 1_800_000;
    private static readonly double[] Stages = [0.05, 0.10, 0.25, 0.50, 1];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static int Count => int.TryParse(System.Environment.GetEnvironmentVariable("VISIONROLLOUT_TEST_CYCLES"), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 2;

    [Fact(Timeout = Limit)]
    public async Task Cycle_after_cycle_nothing_is_lost() => await RunAsync(cycles.Cluster, cycles.World, Count);

    [Theory(Timeout = Limit)]
    [InlineData("api-conflict", 0.3, 0)]
    [InlineData("api-throttle", 0.2, 0)]
    [InlineData("api-error", 0.3, 0)]
    [InlineData("api-slow", 100.0, 0)]
    [InlineData("api-expired", 0.1, 0)]
    [InlineData("api-unreachable", null, 4)] // seconds of the cluster's clock, which goes on by itself while nobody gets an answer
    [InlineData("watch-drop", 1.0, 0)]
    [InlineData("route-lag", 25.0, 0)]
    public async Task With_a_fault_nothing_is_lost_either(string fault, double? magnitude, int seconds)
    {
        var body = new JsonObject { ["name"] = fault, ["magnitude"] = magnitude };
        if (seconds > 0) body["forSeconds"] = seconds;
        var added = await cycles.Cluster.AddFaultAsync(body, Token);
        try
        {
            await RunAsync(cycles.Cluster, cycles.World, 1);
        }
        finally
        {
            await cycles.Cluster.RemoveFaultAsync((string)added["id"]!, Token);
        }
    }

    [Fact(Timeout = Limit)]
    public async Task Pods_that_die_in_mid_stage_take_nothing_back_that_was_acknowledged()
    {
        var before = await CycleCluster.TrafficAsync(cycles.Cluster);
        var mover = Mover(cycles.World);
        await mover.MoveAsync(To(0.5, "Canary"), Ignore, Token);
        await cycles.World.Workloads.ScaleAsync("core-service-blue", 1, Token);
        await cycles.Cluster.AdvanceAsync(TimeSpan.FromSeconds(40), Token);
        await cycles.World.Workloads.ScaleAsync("core-service-blue", 3, Token);
        await mover.MoveAsync(Back(), Ignore, Token);
        await cycles.Cluster.AdvanceAsync(TimeSpan.FromMinutes(2), Token);
        Assert.All(await cycles.World.Workloads.ListAsync("blue", Token), workload => Assert.True(workload.IsReady));
        await AssertNothingLostAsync(cycles.Cluster, before);
    }

    [Fact(Timeout = Limit)]
    public async Task A_foreign_writer_is_named_and_held_against_until_a_person_decides()
    {
        var router = cycles.World.Router;
        var mover = Mover(cycles.World);
        await mover.MoveAsync(To(0.05, "Canary 5 %"), Ignore, Token);
        var left = new RouteState(Weights(0.05), "blue");

        // Somebody else writes the weights: by the same API, and under another name.
        using var other = new Adapters.Kubernetes.KubernetesConnection(cycles.World.Environment);
        var path = other.PathOf("apis/networking.istio.io/v1", "virtualservices", "vision-to-code");
        var entries = (await other.SendAsync(Adapters.Kubernetes.KubernetesRequest.Get(path, "the route"), Token))["spec"]!["http"]!.DeepClone().AsArray();
        foreach (var destination in entries[^1]!["route"]!.AsArray()) destination!["weight"] = 50;
        await other.SendAsync(new Adapters.Kubernetes.KubernetesRequest(HttpMethod.Patch, path + "?fieldManager=argocd-controller", "the route")
        { Body = new JsonObject { ["spec"] = new JsonObject { ["http"] = entries } }, ContentType = "application/merge-patch+json" }, Token);

        var held = await Assert.ThrowsAsync<RolloutException>(() => mover.MoveAsync(To(0.10, "Canary 10 %") with { Own = [left] }, Ignore, Token));
        Assert.Equal("RouteForeign", held.Id);
        Assert.Contains("argocd-controller", held.Message, StringComparison.Ordinal);
        Assert.Contains("this rollout left it at green 95 %, blue 5 %, header to blue, it stands at green 50 %, blue 50 %, header to blue, and shall go to green 90 %, blue 10 %, header to blue", held.Message.Replace("%", " %", StringComparison.Ordinal).Replace("  %", " %", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal(0.5, (await router.ReadAsync(Token)).Weights["blue"]);

        // A person decides to go on, or back: the way back asks nobody.
        Assert.True((await mover.MoveAsync(To(0.10, "Canary 10 %"), Ignore, Token)).Changed);
        Assert.True((await mover.MoveAsync(Back() with { Own = [left] }, Ignore, Token)).Changed);
    }

    [Fact(Timeout = Limit)]
    public async Task An_HTTPRoute_loses_nothing_either()
    {
        var (cluster, world) = await CycleCluster.StartAsync("HTTPRoute");
        await using (cluster)
        {
            using (world) await RunAsync(cluster, world, 1);
        }
    }

    private static Dictionary<string, double> Weights(double blue) => new() { ["green"] = 1 - blue, ["blue"] = blue };

    private static TrafficTarget To(double blue, string reason) => new(Weights(blue), "blue", reason);

    private static TrafficTarget Back() => new(Weights(0), null, "way back", IsWayBack: true);

    private static Task Ignore(JournalEntry entry) => Task.CompletedTask;

    private static TrafficMover Mover(OutsideWorld world) => new(world.Router, world.Workloads, world.Metrics, world.Clock, world.Plan);

    private static async Task AssertNothingLostAsync(RehearsalCluster cluster, JsonNode before)
    {
        var after = await CycleCluster.TrafficAsync(cluster);
        Assert.True((long)after["requests"]! > (long)before["requests"]!);
        foreach (var bad in new[] { "lost", "duplicated", "misrouted", "missingWrites" }) Assert.Equal((bad, (long)before[bad]!), (bad, (long)after[bad]!));
    }

    private async Task RunAsync(RehearsalCluster cluster, OutsideWorld world, int count)
    {
        var before = await CycleCluster.TrafficAsync(cluster);
        var mover = Mover(world);
        await mover.MoveAsync(Back(), Ignore, Token);
        for (var cycle = 1; cycle <= count; cycle++)
        {
            var began = await world.Clock.GetNowAsync(Token);
            var watch = Stopwatch.StartNew();
            foreach (var share in Stages)
            {
                var move = await mover.MoveAsync(To(share, $"Cycle {cycle}: {share:P0}"), Ignore, Token);
                Assert.NotNull(move.ObservedShare);
                Assert.InRange(move.ObservedShare.Value, share - 0.03, share + 0.03);
            }

            var back = await mover.MoveAsync(Back(), Ignore, Token);
            Assert.Equal((1.0, null), (back.Route.Weights["green"], back.Route.HeaderColour));
            output.WriteLine($"cycle {cycle}: {watch.Elapsed.TotalSeconds:0.0} s, {((await world.Clock.GetNowAsync(Token)) - began).TotalSeconds:0} s of the rollout's clock, way back {back.Elapsed.TotalSeconds:0.0} s");
        }

        await AssertNothingLostAsync(cluster, before);
        var traffic = await CycleCluster.TrafficAsync(cluster);
        output.WriteLine($"{traffic["requests"]} requests, {traffic["lost"]} lost, {traffic["duplicated"]} repeated, {traffic["misrouted"]} astray, {traffic["acknowledgedWrites"]} writes, {traffic["missingWrites"]} missing");
    }
}
