using System.Diagnostics;
using System.Text.Json.Nodes;
using VisionRollout.Core.Metrics;
using VisionRollout.Tests.Shared;
using static VisionRollout.Benchmarks.Traffic.TrafficProgram;

namespace VisionRollout.Benchmarks.Traffic;

/// <summary>What a look at both colours costs, by the number of services and pods: requests, time and memory.</summary>
internal static class ScaleBench
{
    private const int Looks = 20;

    public static async Task RunAsync(int services, int pods)
    {
        await using var bench = await BenchCluster.StartAsync(Scenario(services, pods));
        var (workloads, token) = (bench.World.Workloads, CancellationToken.None);
        var deployments = bench.World.Plan.Services.SelectMany(service => service.Deployments.Values).ToList();
        await using var feed = await workloads.FollowAsync(token);
        Say($"{services} services, {feed.Read().Pods.Count} pods in both colours");
        await MeasureAsync("following a deployment (Watch-Deployment)", () => Task.FromResult(feed.Read().Pods.Count));
        await MeasureAsync("Deployments and pods (gates, health checks)", async () => (await workloads.ListAsync(null, token)).Count + (await workloads.ListPodsAsync(null, token)).Count);
        await MeasureAsync("CPU and memory of every pod", async () => (await workloads.ReadUsageAsync(token)).Count);
        await MeasureAsync("error rates and latencies of every pod (Watch-Canary)", async () => (await bench.World.Metrics.ReadAsync(deployments, await bench.World.Clock.GetNowAsync(token), token)).Pods.Count);

        async Task MeasureAsync(string what, Func<Task<int>> look)
        {
            await look();
            var (requests, allocated, cpu) = (await bench.RequestsAsync(), GC.GetTotalAllocatedBytes(precise: true), Process.GetCurrentProcess().TotalProcessorTime);
            var times = new List<double>();
            for (var number = 0; number < Looks; number++)
            {
                var clock = Stopwatch.GetTimestamp();
                await look();
                times.Add(Stopwatch.GetElapsedTime(clock).TotalMilliseconds);
            }

            var (bytes, used) = (GC.GetTotalAllocatedBytes(precise: true) - allocated, Process.GetCurrentProcess().TotalProcessorTime - cpu);
            Say($"  {what}: {((await bench.RequestsAsync()) - requests) / (double)Looks:0.##} API requests, median {Summary(times).Median:0.0} ms, {used.TotalMilliseconds / Looks:0.0} ms of processor time, {bytes / 1024.0 / 1024 / Looks:0.0} MiB allocated");
        }
    }

    private static JsonObject Scenario(int services, int pods)
    {
        var scenario = RehearsalScenarios.Whole();
        var sample = scenario["services"]![0]!;
        scenario["probesPerSecond"] = 0;
        scenario["services"] = new JsonArray([.. Enumerable.Range(1, services).Select(number => JsonNode.Parse(sample.ToJsonString().Replace("business", $"service{number}", StringComparison.Ordinal)))]);
        foreach (var service in scenario["services"]!.AsArray()) service!["replicas"] = (pods + 1) / 2;
        return scenario;
    }
}
