using System.Text.Json.Nodes;
using VisionRollout.Adapters.Http;
using VisionRollout.Adapters.Prometheus;
using VisionRollout.Adapters.Tests.Fakes;
using VisionRollout.Core.Canary;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Evidence;
using VisionRollout.Core.Metrics;
using VisionRollout.Core.Plan;
using VisionRollout.Tests.Shared;

namespace VisionRollout.Adapters.Tests.Monitoring;

/// <summary>A real Prometheus scrapes the rehearsal cluster in real time, while counters are reset, pods come, and Prometheus itself is killed:
/// the judge says the same on its data as on the cluster's own counts.</summary>
public sealed class RealPrometheusTests
{
    private const string Rules = """
        groups:
        - name: mesh
          rules:
          - alert: BlueErrors
            expr: sum(rate(istio_requests_total{reporter="destination", destination_workload="business-service-blue", response_code="500"}[5s])) > 10
            labels: { severity: critical, namespace: vision-to-code-production }
        """;

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(2);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 240_000)]
    public async Task Verdicts_are_those_of_the_clusters_own_counts_through_restarts_and_a_bad_version()
    {
        var scenario = RehearsalScenarios.Small();
        scenario["demandPerSecond"] = 20_000;
        await using var cluster = await RehearsalCluster.StartAsync(scenario, Token);
        using var world = await HalfOnBlueAsync(cluster);
        var metrics = new Uri(cluster["control"] + "/metrics");
        await using var prometheus = await MonitoringProgram.PrometheusAsync(metrics, Rules, Token);
        using var http = new OutsideHttp();
        using var own = new ExpositionReader(metrics);
        var source = new PrometheusMetricSource(http, prometheus.Address, world.Plan, world.Environment, TimeSpan.FromSeconds(1));
        var (through, direct) = (Judge(), Judge());
        await ScrapedAsync(source);

        // Good, with everything that happens to counters in a day.
        // Demand comes in bursts, one a tick of the cluster's clock, and Prometheus sees each a scrape later: the two are compared between bursts.
        CanarySample? seen = null, counted = null;
        List<string> notesSeen = [], notesCounted = [];
        for (var look = 0; look < 14 || (look < 40 && !HaveSeenTheSame(seen!, counted!)); look++)
        {
            if (look == 4) await cluster.AddFaultAsync(new JsonObject { ["name"] = "metrics-restart", ["forSeconds"] = 60, ["target"] = new JsonObject { ["version"] = "v1.1.0" } }, Token);
            if (look == 6) await world.Workloads.ScaleAsync("business-service-blue", 3, Token);
            if (look == 8) await prometheus.KillAsync();
            counted = direct.Add(await own.ReadAsync(Token));
            if (look == 8)
            {
                var error = await Assert.ThrowsAsync<RolloutException>(() => ReadAsync(source));
                Assert.Equal(RolloutErrorKind.Unavailable, error.Kind);
                await prometheus.StartAsync(Token);
                await ScrapedAsync(source);
            }
            else
            {
                seen = through.Add(await ReadAsync(source));
            }

            notesSeen.AddRange(seen!.Notes);
            notesCounted.AddRange(counted.Notes);
            await Task.Delay(Look, Token);
        }

        Assert.Equal((Verdict.Go, Verdict.Go), (seen!.Verdict, counted!.Verdict));
        Assert.Empty(seen.Problems);
        Assert.InRange(seen.Canary.Requests / counted.Canary.Requests, 0.9, 1.1);
        Assert.InRange(seen.Baseline.Requests / counted.Baseline.Requests, 0.9, 1.1);
        Assert.Equal(counted.Canary.P99High, seen.Canary.P99High);
        Assert.Contains(notesSeen, note => note.Contains("were reset", StringComparison.Ordinal));
        Assert.Contains(notesCounted, note => note.Contains("were reset", StringComparison.Ordinal));

        // Bad: both say so, and the alert that fires is in the history.
        await cluster.AddFaultAsync(new JsonObject { ["name"] = "error-rate", ["magnitude"] = 0.05, ["target"] = new JsonObject { ["version"] = "v1.1.0" } }, Token);
        (seen, counted) = (null, null);
        for (var look = 0; look < 15 && (seen?.Verdict != Verdict.NoGo || counted?.Verdict != Verdict.NoGo); look++)
        {
            await Task.Delay(Look, Token);
            (seen, counted) = (through.Add(await ReadAsync(source)), direct.Add(await own.ReadAsync(Token)));
        }

        Assert.Equal((Verdict.NoGo, Verdict.NoGo), (seen!.Verdict, counted!.Verdict));
        var history = new PrometheusAlertHistory(http, prometheus.Address, world.Environment);
        for (var look = 0; look < 20; look++)
        {
            var now = DateTimeOffset.UtcNow;
            var episodes = await history.ReadAsync(now - TimeSpan.FromMinutes(10), now, Token);
            if (episodes.Any(episode => episode is { Name: "BlueErrors", Severity: "critical" })) return;
            await Task.Delay(Look, Token);
        }

        Assert.Fail("The alert is not in Prometheus' history.");
    }

    private static CanaryJudge Judge() => new(new PlanCanary { Stages = [] }, 50, new CanaryArm("blue", ["business-service-blue"]), new CanaryArm("green", ["business-service"]));

    private static bool HaveSeenTheSame(CanarySample seen, CanarySample counted) =>
        seen.Problems.Count == 0 && IsNear(seen.Canary.Requests, counted.Canary.Requests) && IsNear(seen.Baseline.Requests, counted.Baseline.Requests);

    private static bool IsNear(double seen, double counted) => Math.Abs((seen / counted) - 1) <= 0.1;

    private static Task<MetricReading> ReadAsync(PrometheusMetricSource source) => source.ReadAsync(["business-service", "business-service-blue"], DateTimeOffset.UtcNow, Token);

    // Until a reading has nothing to complain about.
    private static async Task ScrapedAsync(PrometheusMetricSource source)
    {
        while ((await ReadAsync(source)).Problems.Count > 0) await Task.Delay(250, Token);
    }

    private static async Task<OutsideWorld> HalfOnBlueAsync(RehearsalCluster cluster)
    {
        var plan = TestPlans.Make(new RolloutEndpoints { KubeConfig = cluster["kubeconfig"], Context = cluster["context"] });
        var world = new OutsideWorld(plan, plan.Environment());
        await world.Workloads.DeployAsync(plan.Services[0], "green", "blue", "v1.1.0", Token);
        while (await world.Workloads.FindAsync(plan.Services[0], "blue", Token) is not { IsReady: true }) await cluster.AdvanceAsync(TimeSpan.FromSeconds(15), Token);
        await world.Router.WriteAsync(await world.Router.ReadAsync(Token), new Dictionary<string, double> { ["green"] = 0.5, ["blue"] = 0.5 }, null, isWayBack: false, Token);
        return world;
    }
}
