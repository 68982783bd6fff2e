using VisionRollout.Adapters.Http;
using VisionRollout.Adapters.Prometheus;
using VisionRollout.Adapters.Tests.Fakes;

namespace VisionRollout.Adapters.Tests.Prometheus;

public sealed class PrometheusAlertHistoryTests
{
    private static readonly DateTimeOffset From = new(2026, 11, 20, 0, 0, 0, TimeSpan.Zero);

    [Fact(Timeout = 120_000)]
    public async Task An_alert_that_fires_twice_is_two_episodes_and_a_long_history_is_read_in_portions()
    {
        // Two series over a border of portions: one fires across it, one pauses for ten minutes.
        var border = From.AddDays(7);
        await using var server = FakeServer.Start(
            FakeServer.Answer(200, Matrix(("High", "Critical", [border.AddMinutes(-2), border.AddMinutes(-1), border]), ("Slow", "warning", [From.AddHours(1), From.AddHours(1).AddMinutes(1), From.AddHours(1).AddMinutes(11)]))),
            FakeServer.Answer(200, Matrix(("High", "Critical", [border.AddMinutes(1)]))));
        using var http = new OutsideHttp(TimeSpan.FromMilliseconds(1));

        var episodes = await new PrometheusAlertHistory(http, server.Address, TestPlans.Make().Environment()).ReadAsync(From, From.AddDays(8), TestContext.Current.CancellationToken);

        Assert.Equal([("Slow", 1), ("Slow", 0), ("High", 3)], episodes.Select(episode => (episode.Name, (int)(episode.Until - episode.From).TotalMinutes)));
        Assert.Equal("critical", episodes[2].Severity);
        Assert.DoesNotContain("alertstate", episodes[2].Labels.Keys);
        Assert.Equal(2, server.Requests.Count);
        Assert.Contains("step=60", server.Requests[0].PathAndQuery, StringComparison.Ordinal);
        Assert.Contains(Uri.EscapeDataString("namespace=~\"|vision-to-code-production\""), server.Requests[0].PathAndQuery, StringComparison.Ordinal);
    }

    private static string Matrix(params (string Name, string Severity, DateTimeOffset[] Times)[] series) =>
        $$$"""{"status":"success","data":{"resultType":"matrix","result":[{{{string.Join(',', series.Select(Series))}}}]}}""";

    private static string Series((string Name, string Severity, DateTimeOffset[] Times) item) =>
        $$"""{"metric":{"__name__":"ALERTS","alertstate":"firing","alertname":"{{item.Name}}","severity":"{{item.Severity}}"},"values":[{{string.Join(',', item.Times.Select(time => $"[{time.ToUnixTimeSeconds()},\"1\"]"))}}]}""";
}
