using System.Globalization;
using VisionRollout.Adapters.Http;
using VisionRollout.Adapters.Prometheus;
using VisionRollout.Adapters.Tests.Fakes;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Metrics;

namespace VisionRollout.Adapters.Tests.Prometheus;

public sealed class PrometheusMetricSourceTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 23, 11, 30, 0, TimeSpan.Zero);
    private static readonly string Fresh = Time(At.AddSeconds(-10));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task Counters_are_summed_by_pod_with_errors_and_latency()
    {
        var reading = await ReadAsync(
            Vector(Series(Pod("a") + ",\"response_code\":\"200\",\"response_flags\":\"-\"", "90"),
                Series(Pod("a") + ",\"response_code\":\"500\",\"response_flags\":\"-\"", "6"),
                Series(Pod("a") + ",\"response_code\":\"503\",\"response_flags\":\"UC\"", "3"),
                Series(Pod("a") + ",\"response_code\":\"200\",\"grpc_response_status\":\"13\"", "1"),
                Series(Pod("a") + ",\"response_code\":\"200\",\"grpc_response_status\":\"5\"", "4"),
                Series(Pod("b") + ",\"response_code\":\"404\"", "7")),
            Vector(Series(Pod("a") + ",\"le\":\"+Inf\"", "104"), Series(Pod("a") + ",\"le\":\"10\"", "70"), Series(Pod("a") + ",\"le\":\"2.5\"", "20"), Series(Pod("b") + ",\"le\":\"+Inf\"", "7")),
            Vector(), Vector(Series(Pod("a"), Fresh)));

        Assert.Empty(reading.Problems);
        var first = reading.Pods[0];
        Assert.Equal(("business-service", "a", 104.0, 10.0, 3.0), (first.Deployment, first.Pod, first.Requests, first.Errors, first.Unavailable));
        Assert.Equal([new(2.5, 20), new(10, 70), new(double.PositiveInfinity, 104)], first.Latency);
        Assert.Equal((7.0, 0.0), (reading.Pods[1].Requests, reading.Pods[1].Errors));
    }

    [Fact(Timeout = 120_000)]
    public async Task Requests_that_never_arrived_count_as_errors_of_the_colour_they_were_meant_for()
    {
        var reading = await ReadAsync(
            Vector(Series(Pod("a") + ",\"response_code\":\"200\"", "90")), Vector(Series(Pod("a") + ",\"le\":\"+Inf\"", "90")),
            Vector(Series("\"destination_workload\":\"unknown\",\"destination_service_name\":\"vision-to-code-green\",\"destination_service_namespace\":\"vision-to-code-production\",\"pod\":\"gateway\",\"response_code\":\"503\",\"response_flags\":\"UH\"", "5"),
                Series("\"destination_workload\":\"unknown\",\"destination_service_name\":\"another\",\"pod\":\"gateway\",\"response_code\":\"503\",\"response_flags\":\"UH\"", "99"),
                Series("\"destination_workload\":\"business-service\",\"pod\":\"gateway\",\"response_code\":\"503\",\"response_flags\":\"UF,URX\"", "2")),
            Vector());

        var lost = Assert.Single(reading.Pods, pod => pod.Pod != "a");
        Assert.Equal(("business-service", 7.0, 7.0, 7.0), (lost.Deployment, lost.Requests, lost.Errors, lost.Unavailable));
    }

    [Theory(Timeout = 120_000)]
    [InlineData("", "", "", "no series: istio_requests_total of business-service")]
    [InlineData("NaN", "5", "", "NaN: istio_requests_total of business-service")]
    [InlineData("5", "", "", "no series: istio_request_duration_milliseconds_bucket of business-service")]
    [InlineData("5", "5", "stale", "stale: 1 of 1 pods of business-service were last scraped 120 s before")]
    public async Task What_is_wrong_with_the_data_is_named(string requests, string bucket, string time, string problem)
    {
        var reading = await ReadAsync(
            requests.Length > 0 ? Vector(Series(Pod("a") + ",\"response_code\":\"200\"", requests)) : Vector(),
            bucket.Length > 0 ? Vector(Series(Pod("a") + ",\"le\":\"+Inf\"", bucket)) : Vector(),
            Vector(), time == "stale" ? Vector(Series(Pod("a"), Time(At.AddSeconds(-120)))) : Vector());

        Assert.Contains(problem, reading.Problems);
        Assert.DoesNotContain(reading.Pods, pod => double.IsNaN(pod.Requests));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_pod_scraped_by_two_jobs_is_counted_once_and_named()
    {
        var labels = Pod("a") + ",\"response_code\":\"200\"";
        var reading = await ReadAsync(
            Vector(Series(labels + ",\"job\":\"envoy-stats\",\"instance\":\"10.0.0.1:15090\"", "90"), Series(labels + ",\"job\":\"kubernetes-pods\",\"instance\":\"10.0.0.1:15020\"", "90")),
            Vector(Series(Pod("a") + ",\"le\":\"+Inf\"", "90")), Vector(), Vector());

        Assert.Equal(90, Assert.Single(reading.Pods).Requests);
        Assert.Equal("duplicated: istio_requests_total of business-service is scraped by more than one job", Assert.Single(reading.Problems));
    }

    [Fact(Timeout = 120_000)]
    public async Task Without_a_pod_label_the_scraped_address_tells_the_pods_apart()
    {
        const string workload = "\"destination_workload\":\"business-service\",\"response_code\":\"200\"";
        var reading = await ReadAsync(Vector(Series(workload + ",\"instance\":\"10.0.0.1:15020\"", "1"), Series(workload + ",\"instance\":\"10.0.0.2:15020\"", "2")), Vector(), Vector(), Vector());

        Assert.Equal(["10.0.0.1:15020", "10.0.0.2:15020"], reading.Pods.Select(pod => pod.Pod));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_server_without_timestamp_is_read_all_the_same()
    {
        await using var server = FakeServer.Start(FakeServer.Answer(200, Vector(Series(Pod("a") + ",\"response_code\":\"200\"", "1"))), FakeServer.Answer(200, Vector(Series(Pod("a") + ",\"le\":\"+Inf\"", "1"))),
            FakeServer.Answer(200, Vector()), FakeServer.Answer(400, """{"status":"error","errorType":"bad_data","error":"unknown function"}"""));
        using var http = new OutsideHttp(TimeSpan.FromMilliseconds(1));

        Assert.Empty((await Source(http, server.Address).ReadAsync(["business-service"], At, Token)).Problems);
        Assert.Contains("&time=1795433400.000", server.Requests[0].PathAndQuery, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_server_that_is_down_is_an_error_with_its_name_and_place_in_the_plan()
    {
        using var http = new OutsideHttp(TimeSpan.FromMilliseconds(1));

        var error = await Assert.ThrowsAsync<RolloutException>(() => Source(http, FakeServer.Nobody).ReadAsync(["business-service"], At, Token));

        Assert.Equal(("PrometheusUnavailable", RolloutErrorKind.Unavailable), (error.Id, error.Kind));
        Assert.Contains("Endpoints.Prometheus", error.Remedy, StringComparison.Ordinal);
    }

    private static async Task<MetricReading> ReadAsync(string requests, string latency, string lost, string times)
    {
        await using var server = FakeServer.Start(FakeServer.Answer(200, requests), FakeServer.Answer(200, latency), FakeServer.Answer(200, lost), FakeServer.Answer(200, times));
        using var http = new OutsideHttp(TimeSpan.FromMilliseconds(1));
        return await Source(http, server.Address).ReadAsync(["business-service"], At, Token);
    }

    private static PrometheusMetricSource Source(OutsideHttp http, Uri address)
    {
        var plan = TestPlans.Make();
        return new PrometheusMetricSource(http, address, plan, plan.Environment(), TimeSpan.FromSeconds(15));
    }

    private static string Time(DateTimeOffset at) => at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

    private static string Pod(string name) => $"\"destination_workload\":\"business-service\",\"pod\":\"{name}\"";

    private static string Series(string labels, string value) => $$"""{"metric":{ {{labels}} },"value":[1795433400,"{{value}}"]}""";

    private static string Vector(params string[] series) => $$$"""{"status":"success","data":{"resultType":"vector","result":[{{{string.Join(',', series)}}}]}}""";
}
