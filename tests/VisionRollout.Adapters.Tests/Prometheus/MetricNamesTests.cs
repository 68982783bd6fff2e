using VisionRollout.Adapters.Http;
using VisionRollout.Adapters.Prometheus;
using VisionRollout.Adapters.Tests.Fakes;
using VisionRollout.Core.Plan;

namespace VisionRollout.Adapters.Tests.Prometheus;

public sealed class MetricNamesTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 23, 11, 30, 0, TimeSpan.Zero);

    [Fact(Timeout = 120_000)]
    public async Task Metrics_are_called_as_the_plan_says_and_seconds_become_milliseconds()
    {
        var plan = TestPlans.Make() with
        {
            Metrics = new PlanMetrics { Requests = "http_requests_total", Latency = "http_request_duration_seconds", LatencyUnit = 1000, Deployment = "app", Namespace = "ns", Code = "status", GrpcStatus = "", Flags = "", Reporter = "" },
        };
        const string pod = "\"app\":\"business-service\",\"pod\":\"a\"";
        await using var server = FakeServer.Start(
            FakeServer.Answer(200, Vector($"{{\"metric\":{{{pod},\"status\":\"200\"}},\"value\":[0,\"97\"]}}", $"{{\"metric\":{{{pod},\"status\":\"502\"}},\"value\":[0,\"3\"]}}")),
            FakeServer.Answer(200, Vector($"{{\"metric\":{{{pod},\"le\":\"0.1\"}},\"value\":[0,\"90\"]}}", $"{{\"metric\":{{{pod},\"le\":\"+Inf\"}},\"value\":[0,\"100\"]}}")),
            FakeServer.Answer(200, Vector()));
        using var http = new OutsideHttp(TimeSpan.FromMilliseconds(1));

        var reading = await new PrometheusMetricSource(http, server.Address, plan, plan.Environment(), TimeSpan.FromSeconds(15)).ReadAsync(["business-service"], At, TestContext.Current.CancellationToken);

        var counters = Assert.Single(reading.Pods);
        Assert.Equal((100.0, 3.0, 3.0), (counters.Requests, counters.Errors, counters.Unavailable));
        Assert.Equal([new(100, 90), new(double.PositiveInfinity, 100)], counters.Latency);
        // Without reporters nobody is asked for requests that never arrived.
        Assert.Equal(3, server.Requests.Count);
        Assert.Contains(Uri.EscapeDataString("http_requests_total{ns=\"vision-to-code-production\", app=~\"business-service\"}"), server.Requests[0].PathAndQuery, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task Where_senders_are_counted_their_failures_are_not_counted_twice()
    {
        var plan = TestPlans.Make() with { Metrics = new PlanMetrics { CountedReporter = "source" } };
        await using var server = FakeServer.Start(FakeServer.Answer(200, Vector()));
        using var http = new OutsideHttp(TimeSpan.FromMilliseconds(1));
        await new PrometheusMetricSource(http, server.Address, plan, plan.Environment(), TimeSpan.FromSeconds(15)).ReadAsync(["business-service"], At, TestContext.Current.CancellationToken);
        Assert.Contains(Uri.EscapeDataString("reporter=\"source\", destination_workload_namespace"), server.Requests[0].PathAndQuery, StringComparison.Ordinal);
        Assert.Contains(Uri.EscapeDataString("destination_workload=~\"unknown\""), server.Requests[2].PathAndQuery, StringComparison.Ordinal);
    }

    private static string Vector(params string[] series) => $$$"""{"status":"success","data":{"resultType":"vector","result":[{{{string.Join(',', series)}}}]}}""";
}
