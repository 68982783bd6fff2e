using System.Globalization;
using System.Net;
using System.Text;
using VisionRollout.Adapters.Http;
using VisionRollout.Adapters.Prometheus;
using VisionRollout.Adapters.Tests.Fakes;
using VisionRollout.Core.Canary;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Evidence;
using VisionRollout.Core.Plan;

namespace VisionRollout.Adapters.Tests.Prometheus;

/// <summary>No data is never good data: whatever goes wrong with the metrics at the last look, a canary that was Go is not Go, and the reason is named.</summary>
public sealed class NoDataTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 23, 11, 30, 0, TimeSpan.Zero);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task With_good_data_the_same_canary_is_Go() => Assert.Equal(Verdict.Go, (await JudgeAsync("")).Verdict);

    [Theory(Timeout = 60_000)]
    [InlineData("empty", "no series: istio_requests_total of business-service-blue")]
    [InlineData("nan", "NaN: istio_requests_total of business-service-blue")]
    [InlineData("late", "last scraped 70 s before")]
    [InlineData("standstill", "stand still")]
    [InlineData("wrong-labels", "no series: istio_requests_total of business-service-blue")]
    [InlineData("half", "Pod blue-2 is missing from the metrics")]
    [InlineData("twice", "duplicated: istio_requests_total of business-service-blue")]
    [InlineData("no-latency", "no series: istio_request_duration_milliseconds_bucket of business-service-blue")]
    public async Task What_is_wrong_is_named_and_nothing_is_Go(string fault, string reason)
    {
        var sample = await JudgeAsync(fault);
        Assert.Equal(Verdict.Undecided, sample.Verdict);
        Assert.Contains(reason, sample.Reason, StringComparison.Ordinal);
        Assert.All(sample.Findings, finding => Assert.NotEqual(Verdict.Go, finding.Verdict));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_Prometheus_that_is_down_is_an_error_of_its_own()
    {
        var error = await Assert.ThrowsAsync<RolloutException>(() => JudgeAsync("down"));
        Assert.Equal(("PrometheusUnavailable", RolloutErrorKind.Unavailable), (error.Id, error.Kind));
    }

    [Fact(Timeout = 60_000)]
    public async Task Counters_that_were_reset_count_what_they_show_since_and_are_noted()
    {
        var sample = await JudgeAsync("reset");
        Assert.Contains(sample.Notes, note => note.Contains("blue-1 were reset", StringComparison.Ordinal));
        Assert.Empty(sample.Problems);
        // Two pods: one counted on (two intervals), one began again at a tenth of an interval.
        Assert.Equal(20_000 + 20_000 + 2_000 + 20_000, sample.Canary.Requests);
    }

    // Two readings of a good canary with enough requests to be Go, and a third with the fault.
    private static async Task<CanarySample> JudgeAsync(string fault)
    {
        await using var prometheus = new StubPrometheus();
        using var http = new OutsideHttp(TimeSpan.FromMilliseconds(1));
        var plan = TestPlans.Make();
        var source = new PrometheusMetricSource(http, prometheus.Address, plan, plan.Environment(), TimeSpan.FromSeconds(15));
        var judge = new CanaryJudge(new PlanCanary { Stages = [] }, 50, new CanaryArm("blue", ["business-service-blue"]), new CanaryArm("green", ["business-service"]));
        CanarySample sample = null!;
        for (var look = 0; look < 3; look++)
        {
            prometheus.Look(look, look == 2 ? fault : "");
            sample = judge.Add(await source.ReadAsync(["business-service", "business-service-blue"], Start.AddSeconds(30 * look), Token));
            if (look == 1) Assert.Equal(Verdict.Go, sample.Verdict);
        }

        return sample;
    }

    /// <summary>Answers the four queries for two pods of each colour, each with 20,000 requests more at every look, ten in a thousand slower than 50 ms.</summary>
    private sealed class StubPrometheus : IAsyncDisposable
    {
        private readonly HttpListener listener;
        private readonly Task serving;
        private int look;
        private string fault = "";

        public StubPrometheus()
        {
            (listener, Address) = FakeServer.Listen();
            serving = ServeAsync();
        }

        public Uri Address { get; }

        public void Look(int number, string withFault) => (look, fault) = (number, withFault);

        public async ValueTask DisposeAsync()
        {
            listener.Stop();
            await serving;
            listener.Close();
        }

        private async Task ServeAsync()
        {
            while (listener.IsListening)
            {
                try
                {
                    var context = await listener.GetContextAsync();
                    context.Response.StatusCode = fault == "down" ? 503 : 200;
                    context.Response.Close(Encoding.UTF8.GetBytes(Answer(context.Request.QueryString["query"]!)), willBlock: true);
                }
                catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
                {
                    return;
                }
            }
        }

        private string Answer(string query)
        {
            var series = query.Contains("reporter=\"source\"", StringComparison.Ordinal) ? []
                : Pods().Where(pod => Shown(pod)).SelectMany(pod => query.Contains("timestamp(", StringComparison.Ordinal) ? [Series(pod, "", Time(pod))] : query.Contains("_bucket", StringComparison.Ordinal) ? Buckets(pod) : Requests(pod));
            return $$$"""{"status":"success","data":{"resultType":"vector","result":[{{{string.Join(',', series)}}}]}}""";
        }

        private static IEnumerable<string> Pods() => ["green-1", "green-2", "blue-1", "blue-2"];

        private static bool IsBlue(string pod) => pod.StartsWith("blue", StringComparison.Ordinal);

        private bool Shown(string pod) => fault switch
        {
            "empty" => false,
            "wrong-labels" => !IsBlue(pod), // the new version's proxies report under another name
            "half" => pod != "blue-2",
            _ => true,
        };

        private double Count(string pod) => fault switch
        {
            "reset" when pod == "blue-1" => 2_000,
            "standstill" when IsBlue(pod) => 20_000 * look,
            _ => 20_000 * (look + 1),
        };

        private IEnumerable<string> Requests(string pod)
        {
            var value = fault == "nan" && pod == "blue-1" ? "NaN" : Text(Count(pod));
            yield return Series(pod, ",\"response_code\":\"200\",\"response_flags\":\"-\",\"job\":\"envoy\"", value);
            if (fault == "twice" && pod == "blue-1") yield return Series(pod, ",\"response_code\":\"200\",\"response_flags\":\"-\",\"job\":\"pods\"", value);
        }

        private IEnumerable<string> Buckets(string pod) => fault == "no-latency" && IsBlue(pod) ? []
            : new[] { ("45", 0.98), ("50", 0.995), ("52.5", 0.999), ("+Inf", 1.0) }.Select(bucket => Series(pod, $",\"le\":\"{bucket.Item1}\"", Text(Math.Round(Count(pod) * bucket.Item2))));

        private string Time(string pod) => Text(Start.AddSeconds((30 * look) - (fault == "late" && IsBlue(pod) ? 70 : 5)).ToUnixTimeSeconds());

        private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);

        private static string Series(string pod, string labels, string value) =>
            $$"""{"metric":{"destination_workload":"{{(IsBlue(pod) ? "business-service-blue" : "business-service")}}","pod":"{{pod}}"{{labels}}},"value":[0,"{{value}}"]}""";
    }
}
