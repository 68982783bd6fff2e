using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using VisionRollout.Rehearsal.Faults;
using VisionRollout.Rehearsal.Tests.Mesh;

namespace VisionRollout.Rehearsal.Tests.Metrics;

public sealed class PrometheusApiTests
{
    private const string Total = "sum(istio_requests_total{reporter=\"destination\"})";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task Queries_by_post_and_over_ranges_answer_as_Prometheus_does()
    {
        await using var world = await TestWorld.StartAsync();
        await world.AdvanceAsync(TimeSpan.FromMinutes(5));
        using var form = new FormUrlEncodedContent([new("query", "up{pod=~\"business-service-.*\"}")]);
        using var posted = await world.Client.PostAsync(new Uri(world.Control, "/prometheus/api/v1/query"), form, Token);
        var vector = await posted.Content.ReadFromJsonAsync<JsonNode>(Token);
        Assert.Equal("vector", (string?)vector!["data"]!["resultType"]);
        Assert.Equal(6, vector["data"]!["result"]!.AsArray().Count);

        var end = world.Clock.Now.ToUnixTimeSeconds();
        var range = await GetAsync(world, $"query_range?query={Uri.EscapeDataString("sum(rate(istio_requests_total{reporter=\"source\",response_code=\"200\"}[1m]))")}&start={end - 120}&end={end}&step=15s");
        var series = Assert.Single(range["data"]!["result"]!.AsArray());
        Assert.Equal(9, series!["values"]!.AsArray().Count);
        Assert.All(series["values"]!.AsArray(), point => Assert.InRange(double.Parse((string)point![1]!, System.Globalization.CultureInfo.InvariantCulture), 11_700, 12_300));
        Assert.Contains("v1.0.0", (await GetAsync(world, "label/destination_version/values"))["data"]!.AsArray().Select(value => (string?)value));
        Assert.Contains("destination_version", (await GetAsync(world, "labels"))["data"]!.AsArray().Select(value => (string?)value));
        Assert.NotEmpty((await GetAsync(world, "series?match[]=up"))["data"]!.AsArray());
    }

    [Fact(Timeout = 60_000)]
    public async Task An_unsupported_query_is_bad_data()
    {
        await using var world = await TestWorld.StartAsync();
        using var response = await world.Client.GetAsync(new Uri(world.Control, "/prometheus/api/v1/query?query=topk(1,up)"), Token);
        var body = await response.Content.ReadFromJsonAsync<JsonNode>(Token);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("bad_data", (string?)body!["errorType"]);
    }

    [Fact(Timeout = 60_000)]
    public async Task The_faults_on_metrics_are_seen_by_who_asks()
    {
        await using var world = await TestWorld.StartAsync();
        await world.AdvanceAsync(TimeSpan.FromMinutes(2));
        world.Fault(new ActiveFault(FaultNames.MetricsDown, null, null, null, null, null));
        using var down = await world.Client.GetAsync(new Uri(world.Control, "/prometheus/api/v1/query?query=up"), Token);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, down.StatusCode);

        world.Fault(new ActiveFault(FaultNames.MetricsNan, null, null, null, null, null));
        await world.AdvanceAsync(TimeSpan.FromSeconds(16));
        Assert.True(double.IsNaN(await world.ValueAsync(Total)));

        world.Fault(new ActiveFault(FaultNames.MetricsGap, null, null, null, null, null));
        await world.AdvanceAsync(TimeSpan.FromMinutes(6));
        Assert.Empty(await world.QueryAsync(Total));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_restart_takes_the_targets_counters_back_once()
    {
        await using var world = await TestWorld.StartAsync();
        world.Route(50, 50);
        await world.AdvanceAsync(TimeSpan.FromMinutes(10));
        world.Fault(new ActiveFault(FaultNames.MetricsRestart, null, null, "v1.1.0", null, null));
        await world.AdvanceAsync(TimeSpan.FromSeconds(61));

        Assert.InRange(await world.ValueAsync("sum(istio_requests_total{reporter=\"destination\",destination_version=\"v1.1.0\"})"), 200_000, 500_000);
        Assert.True(await world.ValueAsync("sum(istio_requests_total{reporter=\"destination\",destination_version=\"v1.0.0\"})") > 3_000_000);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_real_Prometheus_can_scrape_the_text_format()
    {
        await using var world = await TestWorld.StartAsync();
        await world.AdvanceAsync(TimeSpan.FromMinutes(1));
        var text = await world.Client.GetStringAsync(new Uri(world.Control, "/metrics"), Token);

        Assert.Contains("# TYPE istio_requests_total counter\n", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE istio_request_duration_milliseconds histogram\n", text, StringComparison.Ordinal);
        Assert.Contains("le=\"+Inf\"", text, StringComparison.Ordinal);
        Assert.Contains("container_memory_working_set_bytes{", text, StringComparison.Ordinal);
    }

    private static async Task<JsonNode> GetAsync(TestWorld world, string path) =>
        (await world.Client.GetFromJsonAsync<JsonNode>(new Uri(world.Control, "/prometheus/api/v1/" + path), Token))!;
}
