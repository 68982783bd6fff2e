using System.Diagnostics;
using VisionRollout.Rehearsal.Cluster;
using VisionRollout.Rehearsal.Demand;
using VisionRollout.Rehearsal.Faults;
using VisionRollout.Rehearsal.Scenario;
using VisionRollout.Rehearsal.Tests.Mesh;

namespace VisionRollout.Rehearsal.Tests.Demand;

public sealed class SimulatedDemandTests
{
    private const string Requests = "istio_requests_total{reporter=\"destination\"}";

    [Fact(Timeout = 60_000)]
    public async Task Demand_arrives_at_its_rate_and_splits_by_the_weights()
    {
        await using var world = await TestWorld.StartAsync();
        world.Route(95, 5);
        await world.AdvanceAsync(TimeSpan.FromSeconds(30));
        var before = world.Get<SimulatedDemand>().Requests;
        var start = await world.ValueAsync($"sum({Requests})");
        var startBlue = await world.ValueAsync("sum(istio_requests_total{reporter=\"destination\",destination_version=\"v1.1.0\"})");
        await world.AdvanceAsync(TimeSpan.FromSeconds(605));

        // 600 s at 12,000 a second: 7.2 million, standard deviation 2,683; a tick at the edge is 180,000.
        Assert.InRange(world.Get<SimulatedDemand>().Requests - before, 7_000_000, 7_400_000);
        var all = await world.ValueAsync($"sum({Requests})") - start;
        var blue = await world.ValueAsync("sum(istio_requests_total{reporter=\"destination\",destination_version=\"v1.1.0\"})") - startBlue;
        Assert.InRange(blue / all, 0.0496, 0.0504);
        Assert.Equal(all + start, await world.ValueAsync("sum(istio_requests_total{reporter=\"source\",source_workload=\"istio-ingressgateway\",response_flags=\"-\"})"));
    }

    [Fact(Timeout = 60_000)]
    public async Task Errors_and_latencies_follow_the_versions_profile()
    {
        await using var world = await TestWorld.StartAsync();
        await world.AdvanceAsync(TimeSpan.FromSeconds(600));
        var all = await world.ValueAsync($"sum({Requests})");
        var errors = await world.ValueAsync("sum(istio_requests_total{reporter=\"destination\",response_code=~\"5..\"})");

        // 0.03% of some 7 million: about 2,200, standard deviation 47.
        Assert.InRange(errors / all, 0.00027, 0.00033);
        var p99 = await world.ValueAsync("histogram_quantile(0.99, sum by (le) (istio_request_duration_milliseconds_bucket{reporter=\"destination\"}))");
        var median = await world.ValueAsync("histogram_quantile(0.5, sum by (le) (istio_request_duration_milliseconds_bucket{reporter=\"destination\"}))");
        Assert.InRange(p99, 61, 63);
        Assert.InRange(median, 17, 19);
        var mean = await world.ValueAsync("sum(istio_request_duration_milliseconds_sum{reporter=\"destination\"}) / sum(istio_request_duration_milliseconds_count{reporter=\"destination\"})");

        // The log-normal's mean is median * exp(sigma^2 / 2) = 18 * exp(0.1413) = 20.73.
        Assert.InRange(mean, 20.6, 20.9);
    }

    [Fact(Timeout = 60_000)]
    public async Task Faults_change_errors_and_latencies_of_their_target_only()
    {
        await using var world = await TestWorld.StartAsync();
        world.Route(50, 50);
        world.Fault(
            new ActiveFault(FaultNames.ErrorRate, null, null, "v1.1.0", null, 0.02),
            new ActiveFault(FaultNames.Latency, null, null, "v1.1.0", null, 80));
        await world.AdvanceAsync(TimeSpan.FromMinutes(5));

        Assert.InRange(await ErrorsAsync(world, "v1.1.0"), 0.019, 0.021);
        Assert.InRange(await ErrorsAsync(world, "v1.0.0"), 0.0002, 0.0004);
        Assert.InRange(await MedianAsync(world, "v1.1.0"), 96, 98);
        Assert.InRange(await MedianAsync(world, "v1.0.0"), 17, 19);
    }

    [Fact(Timeout = 60_000)]
    public async Task Broken_service_communication_shows_as_503_in_the_demand()
    {
        await using var world = await TestWorld.StartAsync();
        world.Route(50, 50);
        world.Fault(new ActiveFault(FaultNames.ServiceCommunication, null, null, "v1.1.0", null, null));
        await world.AdvanceAsync(TimeSpan.FromMinutes(5));

        Assert.InRange(await ErrorsAsync(world, "v1.1.0"), 0.048, 0.052);
        Assert.True(await world.ValueAsync("sum(istio_requests_total{reporter=\"destination\",response_code=\"503\"})") > 0);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_destination_without_ready_pods_costs_errors_at_the_source()
    {
        await using var world = await TestWorld.StartAsync(idleVersion: null);
        world.Route(75, 25);
        await world.AdvanceAsync(TimeSpan.FromMinutes(2));

        var lost = await world.ValueAsync("sum(istio_requests_total{reporter=\"source\",response_flags=\"UH\",destination_service_name=\"vision-to-code-blue\"})");
        Assert.InRange(lost, 300_000, 420_000);
    }

    [Fact(Timeout = 60_000)]
    public async Task Usage_follows_the_load_and_exhaustion_is_relieved_by_more_pods()
    {
        await using var world = await TestWorld.StartAsync();
        await world.AdvanceAsync(TimeSpan.FromSeconds(61));
        Assert.InRange(Cpu(world, "green"), 0.42, 0.48);
        Assert.InRange(Cpu(world, "blue"), 0.03, 0.06);

        world.Fault(new ActiveFault(FaultNames.ResourceExhaustion, null, "blue", null, null, null));
        await world.AdvanceAsync(TimeSpan.FromSeconds(31));
        Assert.InRange(Cpu(world, "blue"), 0.90, 1);

        world.Deploy("blue", "v1.1.0", replicas: 6);
        await world.AdvanceAsync(TimeSpan.FromSeconds(91));
        Assert.InRange(Cpu(world, "blue"), 0.3, 0.55);
    }

    [Fact(Timeout = 120_000)]
    public async Task An_hour_of_ticks_with_24_pods_is_cheap()
    {
        await using var world = await TestWorld.StartAsync(change: scenario => scenario with
        {
            Services = [.. scenario.Services.Select(service => service with { Replicas = 6 })],
        });
        world.Route(50, 50);
        var watch = Stopwatch.StartNew();
        await world.AdvanceAsync(TimeSpan.FromHours(1));

        // 240 ticks; the budget is 5 ms each on an idle machine, and this one may be busy with other tests.
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 20);
        TestContext.Current.TestOutputHelper?.WriteLine($"240 ticks in {watch.Elapsed.TotalMilliseconds:F0} ms");
    }

    [Fact]
    public void Poisson_draws_have_the_mean_and_variance_of_the_distribution()
    {
        var draws = new PoissonDraws(7);
        foreach (var mean in (double[])[0.3, 4, 12, 250, 40_000])
        {
            var values = Enumerable.Range(0, 20_000).Select(_ => (double)draws.Next(mean)).ToArray();
            var average = values.Average();
            var variance = values.Sum(value => (value - average) * (value - average)) / values.Length;
            Assert.InRange(average, mean - 5 * Math.Sqrt(mean / values.Length), mean + 5 * Math.Sqrt(mean / values.Length));
            Assert.InRange(variance / mean, 0.93, 1.07);
        }
    }

    [Fact]
    public void Bucket_shares_sum_to_one_and_a_delay_moves_them()
    {
        var profile = new VersionProfile(0, 18, 62, 1, 0.5, 0.5);
        var plain = LatencyShape.Of(profile, 0);
        var late = LatencyShape.Of(profile, 80);

        Assert.Equal(1, plain.Shares.Sum(), 9);
        Assert.Equal(1, late.Shares.Sum(), 9);
        Assert.Equal(plain.Shares.Zip(plain.Means, (share, mean) => share * mean).Sum() + 80, late.Shares.Zip(late.Means, (share, mean) => share * mean).Sum(), 6);
        Assert.All(late.Shares.Take(16), share => Assert.Equal(0, share, 9));
    }

    private static double Cpu(TestWorld world, string colour) => world.ReadyPods(colour)
        .Average(pod => world.Get<IPodUsage>().Read(pod.Namespace, pod.Name)!.CpuNanocores / 1e9 / pod.CpuLimitCores);

    private static async Task<double> ErrorsAsync(TestWorld world, string version) =>
        await world.ValueAsync($"sum(istio_requests_total{{reporter=\"destination\",destination_version=\"{version}\",response_code=~\"5..\"}})")
        / await world.ValueAsync($"sum(istio_requests_total{{reporter=\"destination\",destination_version=\"{version}\"}})");

    private static Task<double> MedianAsync(TestWorld world, string version) => world.ValueAsync(
        $"histogram_quantile(0.5, sum by (le) (istio_request_duration_milliseconds_bucket{{reporter=\"destination\",destination_version=\"{version}\"}}))");
}
