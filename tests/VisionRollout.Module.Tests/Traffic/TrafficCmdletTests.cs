using System.Globalization;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using VisionRollout.Core.Canary;
using VisionRollout.Core.Evidence;
using VisionRollout.Core.Journal;
using VisionRollout.Core.Traffic;
using VisionRollout.Module.Tests.World;

namespace VisionRollout.Module.Tests.Traffic;

[Collection(nameof(ClusterOfRollouts))]
public sealed class TrafficCmdletTests(ClusterOfRollouts cluster)
{
    private const int Limit = 120_000;

    [Fact(Timeout = Limit)]
    public async Task The_cutover_is_refused_while_gates_are_open_and_forced_on_purpose()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster);
        await bench.DeployAsync();
        await bench.StartAsync();
        var refused = await bench.RunAsync("Switch-Traffic blue -Confirm:$false");
        Assert.StartsWith("GateOpen", refused.OnlyErrorId(), StringComparison.Ordinal);
        Assert.Contains("Cutover", refused.AllText, StringComparison.Ordinal);
        Assert.Empty((await bench.JournalAsync()).OfType<TrafficMoving>());

        var move = Assert.Single((await bench.RunAsync("Switch-Traffic blue -Force -Confirm:$false")).As<TrafficMove>());
        Assert.Equal((true, "blue"), (move.Changed, move.Route.LiveColour));
        Assert.InRange(move.ObservedShare!.Value, 0.98, 1);
        Assert.Equal([typeof(TrafficMoving), typeof(TrafficMoved)], (await bench.JournalAsync()).Where(entry => entry is TrafficMoving or TrafficMoved).Select(entry => entry.GetType()));
        Assert.False(Assert.Single((await bench.RunAsync("Switch-Traffic blue -Force -Confirm:$false")).As<TrafficMove>()).Changed);
    }

    [Fact(Timeout = Limit)]
    public async Task Traffic_is_shown_as_configured_and_as_observed()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster);
        await bench.DeployAsync();
        await bench.StartAsync();
        var stage = Assert.Single((await bench.RunAsync("Start-Canary 5")).As<CanaryStage>());
        Assert.InRange(stage.ObservedShare!.Value, 0.03, 0.07);
        await cluster.Process.AdvanceAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
        var rows = (await bench.RunAsync("Get-Traffic")).As<TrafficInfo>().ToDictionary(row => row.Colour);
        Assert.Equal((0.95, true, "v1.0.0", false), (rows["green"].Weight, rows["green"].IsLive, rows["green"].Version, rows["green"].HasHeaderRoute));
        Assert.Equal((0.05, false, "v1.1.0", true), (rows["blue"].Weight, rows["blue"].IsLive, rows["blue"].Version, rows["blue"].HasHeaderRoute));
        Assert.InRange(rows["blue"].ObservedShare!.Value, 0.03, 0.07);

        // Begun again after a crash: the share is still the canary's.
        var again = Assert.Single((await bench.RunAsync("Start-Canary 5")).As<CanaryStage>());
        Assert.InRange(again.ObservedShare!.Value, 0.03, 0.07);
        Assert.Equal(stage.Until, again.Until);

        var sample = Assert.Single((await bench.RunAsync("Compare-Deployment green blue -Window 0:01:00")).As<CanarySample>());
        Assert.Equal(("blue", "green"), (sample.Canary.Colour, sample.Baseline.Colour));
        Assert.True(sample.Canary.Requests > 0 && sample.Baseline.Requests > sample.Canary.Requests);
        Assert.StartsWith("ColoursEqual", (await bench.RunAsync("Compare-Deployment green green")).OnlyErrorId(), StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task Several_routes_move_together_and_come_back_together()
    {
        const string name = "swarm-public";
        var environment = cluster.Plan.Environments[0];
        using var client = new Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(cluster.Endpoints.KubeConfig!));
        await client.CustomObjects.CreateNamespacedCustomObjectAsync(JsonNode.Parse($$"""
            { "apiVersion": "networking.istio.io/v1", "kind": "VirtualService", "metadata": { "name": "{{name}}" },
              "spec": { "hosts": ["swarm.example"], "http": [ { "route": [ { "destination": { "host": "{{environment.Route.Hosts["green"]}}" }, "weight": 100 } ] } ] } }
            """), "networking.istio.io", "v1", environment.Namespace, "virtualservices", cancellationToken: TestContext.Current.CancellationToken);
        try
        {
            await using var bench = await RolloutBench.CreateAsync(cluster, plan => plan with { Environments = [environment with { MoreRoutes = [environment.Route with { Name = name, Services = ["swarm"] }] }] });
            await bench.DeployAsync();
            await bench.StartAsync();
            Assert.Empty((await bench.RunAsync("Start-Canary 5")).Errors);
            var blue = (await bench.RunAsync("Get-Traffic")).As<TrafficInfo>().Single(item => item.Colour == "blue");
            Assert.Equal(0.05, blue.Weight, 1e-9);
            Assert.Equal([(environment.Route.Name, 0.05), (name, 0.05)], blue.ByRoute.Select(pair => (pair.Key, pair.Value)));

            // One of them is written by somebody else: the rollout is held, and says which.
            await client.CustomObjects.PatchNamespacedCustomObjectAsync(new V1Patch("""{ "spec": { "http": [ { "route": [ { "destination": { "host": "elsewhere" } } ] } ] } }""", V1Patch.PatchType.MergePatch), "networking.istio.io", "v1", environment.Namespace, "virtualservices", name, cancellationToken: TestContext.Current.CancellationToken);
            await bench.AppendAsync(new CanaryStageEnded(5, Verdict.Go, "as if it had been judged"));
            var held = await bench.RunAsync("Step-Canary 10");
            Assert.NotEmpty(held.Errors);
            Assert.Contains(name, held.AllText, StringComparison.Ordinal);
            await client.CustomObjects.PatchNamespacedCustomObjectAsync(new V1Patch(JsonNode.Parse($$"""
                { "spec": { "http": [ { "route": [ { "destination": { "host": "{{environment.Route.Hosts["green"]}}" }, "weight": 50 }, { "destination": { "host": "{{environment.Route.Hosts["blue"]}}" }, "weight": 50 } ] } ] } }
                """)!.ToJsonString(), V1Patch.PatchType.MergePatch), "networking.istio.io", "v1", environment.Namespace, "virtualservices", name, cancellationToken: TestContext.Current.CancellationToken);
            var foreign = await bench.RunAsync("Step-Canary 10");
            Assert.StartsWith("RouteForeign", foreign.OnlyErrorId(), StringComparison.Ordinal);
            Assert.Contains($"{name}: green 50", foreign.AllText, StringComparison.Ordinal);

            // One that leads elsewhere does not keep the other from coming back.
            await client.CustomObjects.PatchNamespacedCustomObjectAsync(new V1Patch("""{ "spec": { "http": [ { "route": [ { "destination": { "host": "elsewhere" } } ] } ] } }""", V1Patch.PatchType.MergePatch), "networking.istio.io", "v1", environment.Namespace, "virtualservices", name, cancellationToken: TestContext.Current.CancellationToken);
            var half = await bench.RunAsync("Undo-Rollout -Confirm:$false");
            Assert.Contains("1 of 2 routes could not be moved back", half.AllText, StringComparison.Ordinal);
            var own = await client.CustomObjects.GetNamespacedCustomObjectAsync("networking.istio.io", "v1", environment.Namespace, "virtualservices", environment.Route.Name, TestContext.Current.CancellationToken);
            var weights = JsonNode.Parse(own.ToString()!)!["spec"]!["http"]!.AsArray()[^1]!["route"]!.AsArray().ToDictionary(item => (string)item!["destination"]!["host"]!, item => (int?)item!["weight"] ?? 100);
            Assert.Equal(100, weights[environment.Route.Hosts["green"]]);

            // So it is from a shell that only now connects, which gives the lease back; the runbook's next start meets the same, and holds nobody up either.
            await bench.Session.Lease.ReleaseAsync();
            await using var second = await bench.SecondAsync();
            Assert.Contains("1 of 2 routes could not be moved back", (await second.RunAsync("Undo-Rollout -Confirm:$false")).AllText, StringComparison.Ordinal);
            Assert.Contains("1 of 2 routes could not be moved back", (await bench.RunAsync("Start-Rollout v1.1.0")).AllText, StringComparison.Ordinal);
            Assert.Single((await bench.RunAsync("Get-Traffic")).As<TrafficInfo>(), item => item.Colour == "green" && item.ByRoute.Count == 1);

            await client.CustomObjects.PatchNamespacedCustomObjectAsync(new V1Patch(JsonNode.Parse($$"""
                { "spec": { "http": [ { "route": [ { "destination": { "host": "{{environment.Route.Hosts["green"]}}" }, "weight": 50 }, { "destination": { "host": "{{environment.Route.Hosts["blue"]}}" }, "weight": 50 } ] } ] } }
                """)!.ToJsonString(), V1Patch.PatchType.MergePatch), "networking.istio.io", "v1", environment.Namespace, "virtualservices", name, cancellationToken: TestContext.Current.CancellationToken);
            Assert.Empty((await bench.RunAsync("Undo-Rollout -Confirm:$false")).Errors);
            var route = await bench.Session.World.Router.ReadAsync(TestContext.Current.CancellationToken);
            Assert.Equal([(1.0, null), (1.0, null)], route.Parts.Select(part => (part.Weights["green"], part.HeaderColour)));
        }
        finally
        {
            await client.CustomObjects.DeleteNamespacedCustomObjectAsync("networking.istio.io", "v1", environment.Namespace, "virtualservices", name, cancellationToken: TestContext.Current.CancellationToken);
        }
    }

    [Fact(Timeout = Limit)]
    public async Task Traffic_that_somebody_else_has_moved_holds_the_rollout_until_a_person_decides()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster);
        await bench.DeployAsync();
        await bench.StartAsync();
        await bench.RunAsync("Start-Canary 5");
        var router = bench.Session.World.Router;
        await router.WriteAsync(await router.ReadAsync(TestContext.Current.CancellationToken), new Dictionary<string, double> { ["green"] = 0.5, ["blue"] = 0.5 }, "blue", isWayBack: false, TestContext.Current.CancellationToken);

        foreach (var command in new[] { "Watch-Canary", "Step-Canary 10" })
        {
            if (command != "Watch-Canary") await bench.AppendAsync(new CanaryStageEnded(5, Verdict.Go, "as if it had been judged"));
            var held = await bench.RunAsync(command);
            Assert.StartsWith("RouteForeign", held.OnlyErrorId(), StringComparison.Ordinal);
            Assert.Contains("written by somebody else (writers: visionrollout", held.AllText, StringComparison.Ordinal);
        }

        Assert.Equal(0.5, (await router.ReadAsync(TestContext.Current.CancellationToken)).Weights["blue"]);
        Assert.Empty((await bench.RunAsync("Step-Canary 10 -Force")).Errors);
        Assert.Equal(0.1, (await router.ReadAsync(TestContext.Current.CancellationToken)).Weights["blue"]);
        Assert.Empty((await bench.RunAsync("Undo-Rollout -Confirm:$false")).Errors);
    }

    [Fact(Timeout = Limit)]
    public async Task The_way_back_is_forecast_shown_and_held_against_when_it_would_take_too_long()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster);
        await bench.DeployAsync();
        await bench.StartAsync();
        await bench.RunAsync("Start-Canary 5");
        var shown = Assert.Single((await bench.RunAsync("Get-Rollout")).As<RolloutInfo>());
        Assert.InRange(shown.RollbackForecast!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(3));
        try
        {
            // The old version has lost a service: nobody knows how long its return takes, and nothing goes further forward.
            await bench.ScaleAsync("swarm-service", 0);
            foreach (var command in new[] { "Watch-Canary", "Step-Canary 10" })
            {
                if (command != "Watch-Canary") await bench.AppendAsync(new CanaryStageEnded(5, Verdict.Go, "as if it had been judged"));
                var held = await bench.RunAsync(command);
                Assert.StartsWith("RollbackTooSlow", held.OnlyErrorId(), StringComparison.Ordinal);
                Assert.Contains("swarm-service", held.AllText, StringComparison.Ordinal);
            }

            Assert.Null(Assert.Single((await bench.RunAsync("Get-Rollout")).As<RolloutInfo>()).RollbackForecast);
        }
        finally
        {
            await bench.ScaleAsync("swarm-service", 1);
        }

        Assert.Empty((await bench.RunAsync("Step-Canary 10")).Errors);
    }

    [Fact(Timeout = Limit)]
    public async Task A_colour_is_kept_by_an_annotation_that_every_tool_reads()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster);
        await bench.StartAsync();
        var before = await bench.Session.NowAsync(TestContext.Current.CancellationToken);
        var kept = Assert.Single((await bench.RunAsync("Protect-Environment green -For 1.00:00:00")).As<EnvironmentProtected>());
        Assert.InRange(kept.KeepUntil, before.AddHours(24), before.AddHours(24).AddMinutes(5));
        foreach (var workload in await bench.Session.World.Workloads.ListAsync("green", TestContext.Current.CancellationToken))
        {
            var text = workload.Annotations["keep-until"];
            Assert.Matches("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$", text);
            Assert.Equal(kept.KeepUntil, DateTimeOffset.Parse(text, CultureInfo.InvariantCulture));
        }

        Assert.Equal(kept.KeepUntil, Assert.Single((await bench.RunAsync("Get-Rollout")).As<RolloutInfo>()).KeepUntil);
    }
}
