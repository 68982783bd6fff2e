using System.Globalization;
using System.Text;
using VisionRollout.Adapters.Http;
using VisionRollout.Adapters.Prometheus;
using VisionRollout.Adapters.Tests.Fakes;
using VisionRollout.Core.Canary;
using VisionRollout.Core.Evidence;
using VisionRollout.Core.Metrics;
using VisionRollout.Core.Plan;

namespace VisionRollout.Adapters.Tests.Monitoring;

/// <summary>A real Prometheus scrapes the counters of a mesh in which failures show in the gRPC status alone, and in which some requests are known to
/// their senders only: whichever side's reports the plan counts, the judge gets the same counts.</summary>
public sealed class RealReportersTests
{
    private const double Good = 100_000;
    private static readonly PlanMetrics Destinations = new();
    private static readonly PlanMetrics Senders = new() { CountedReporter = "source" };
    private static readonly PlanMetrics WithoutGrpc = new() { GrpcStatus = "" };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task Failures_that_show_in_the_gRPC_status_or_at_the_sender_alone_are_judged_from_a_real_Prometheus()
    {
        var exposition = Exposition(round: 1, grpcFailures: 0);
        await using var mesh = FakeServer.Start(response =>
        {
            response.ContentType = "text/plain; version=0.0.4";
            response.Close(Encoding.UTF8.GetBytes(Volatile.Read(ref exposition)), willBlock: true);
        });
        await using var prometheus = await MonitoringProgram.PrometheusAsync(new Uri(mesh.Address, "/metrics"), "groups: []", Token);
        using var http = new OutsideHttp();
        var plans = new[] { Destinations, Senders, WithoutGrpc };
        var sources = plans.Select(names => Source(http, prometheus.Address, names)).ToArray();
        var judges = plans.Select(_ => new CanaryJudge(new PlanCanary { Stages = [] }, 50, new CanaryArm("blue", ["business-service-blue"]), new CanaryArm("green", ["business-service"]))).ToArray();
        for (var index = 0; index < plans.Length; index++) judges[index].Add(await ScrapedAsync(sources[index], Good));

        // One in a hundred calls of blue fails inside with HTTP 200, and twenty requests find nobody.
        Volatile.Write(ref exposition, Exposition(round: 2, grpcFailures: Good / 100));
        var samples = new CanarySample[plans.Length];
        for (var index = 0; index < plans.Length; index++) samples[index] = judges[index].Add(await ScrapedAsync(sources[index], 2 * Good));

        Assert.All(samples, sample => Assert.Empty(sample.Problems));
        foreach (var sample in samples[..2])
        {
            Assert.Equal(Verdict.NoGo, sample.Verdict);
            Assert.Equal((Good + 20, (Good / 100) + 20, 20.0), (sample.Canary.Requests, sample.Canary.Errors, sample.Canary.Unavailable));
            Assert.Equal((Good, 0.0, 0.0), (sample.Baseline.Requests, sample.Baseline.Errors, sample.Baseline.Unavailable));
        }

        // A plan without a gRPC status sees what HTTP tells: that all is well, but for those who found nobody.
        Assert.NotEqual(Verdict.NoGo, samples[2].Verdict);
        Assert.Equal((Good + 20, 20.0, 20.0), (samples[2].Canary.Requests, samples[2].Canary.Errors, samples[2].Canary.Unavailable));
    }

    private static PrometheusMetricSource Source(OutsideHttp http, Uri address, PlanMetrics names)
    {
        var plan = TestPlans.Make() with { Metrics = names };
        return new PrometheusMetricSource(http, address, plan, plan.Environment(), TimeSpan.FromSeconds(15));
    }

    // Until Prometheus has scraped the round: green counts nothing else.
    private static async Task<MetricReading> ScrapedAsync(PrometheusMetricSource source, double green)
    {
        while (true)
        {
            var reading = await source.ReadAsync(["business-service", "business-service-blue"], DateTimeOffset.UtcNow, Token);
            if (reading.Problems.Count == 0 && reading.Pods.Where(pod => pod.Deployment == "business-service").Sum(pod => pod.Requests) == green) return reading;
            await Task.Delay(250, Token);
        }
    }

    // Every request is reported by the pod that answered it and by the gateway that sent it. NOT_FOUND (5) is the caller's mistake.
    private static string Exposition(int round, double grpcFailures)
    {
        var text = new StringBuilder("# TYPE istio_requests_total counter\n# TYPE istio_request_duration_milliseconds histogram\n");
        foreach (var (workload, failed) in new[] { ("business-service", 0.0), ("business-service-blue", grpcFailures) })
        {
            foreach (var (reporter, pod) in new[] { ("destination", workload + "-1"), ("source", "gateway-1") })
            {
                var calls = round * Good;
                Count(text, reporter, pod, workload, "200", "0", "-", calls - failed - 500);
                Count(text, reporter, pod, workload, "200", "5", "-", 500);
                Count(text, reporter, pod, workload, "200", "13", "-", failed);
                foreach (var edge in new[] { "10", "20", "+Inf" })
                    text.Append(CultureInfo.InvariantCulture, $"istio_request_duration_milliseconds_bucket{{{Labels(reporter, pod, workload)},le=\"{edge}\"}} {(edge == "10" ? calls / 2 : calls)}\n");
            }
        }

        // Known to the gateway only: no healthy host among the workload's, and no workload behind the Service at all.
        var lost = round == 1 ? 0 : 10;
        Count(text, "source", "gateway-1", "business-service-blue", "503", "14", "UH", lost);
        text.Append(CultureInfo.InvariantCulture, $"istio_requests_total{{reporter=\"source\",pod=\"gateway-1\",destination_workload=\"unknown\",destination_workload_namespace=\"unknown\",destination_service_name=\"vision-to-code-blue\",destination_service_namespace=\"{TestPlans.Namespace}\",response_code=\"503\",grpc_response_status=\"14\",response_flags=\"UF\"}} {lost}\n");
        return text.ToString();
    }

    private static void Count(StringBuilder text, string reporter, string pod, string workload, string code, string grpc, string flags, double value) =>
        text.Append(CultureInfo.InvariantCulture, $"istio_requests_total{{{Labels(reporter, pod, workload)},response_code=\"{code}\",grpc_response_status=\"{grpc}\",response_flags=\"{flags}\"}} {value}\n");

    private static string Labels(string reporter, string pod, string workload) =>
        $"reporter=\"{reporter}\",pod=\"{pod}\",destination_workload=\"{workload}\",destination_workload_namespace=\"{TestPlans.Namespace}\"";
}
