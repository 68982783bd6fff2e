using System.Text.Json.Nodes;
using VisionRollout.Adapters.Alertmanager;
using VisionRollout.Adapters.Clocks;
using VisionRollout.Adapters.Http;
using VisionRollout.Adapters.Slack;
using VisionRollout.Adapters.StatusPage;
using VisionRollout.Adapters.Tests.Fakes;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Messages;
using VisionRollout.Core.Plan;

namespace VisionRollout.Adapters.Tests.Http;

public sealed class OutsideSystemsTests : IDisposable
{
    private static readonly RolloutMessage Message = new("r1/Started/#deployment-status", "#deployment-status", "Upgrade", "[09:00] 🚀 Production deployment started", "in_progress",
        new DateTimeOffset(2026, 11, 23, 9, 0, 0, TimeSpan.Zero));

    private readonly OutsideHttp http = new(TimeSpan.FromMilliseconds(1));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => http.Dispose();

    [Fact(Timeout = 120_000)]
    public async Task A_chat_message_carries_text_channel_and_key_and_is_repeated_with_the_same_key()
    {
        await using var server = FakeServer.Start(FakeServer.Answer(429, "rate_limited", ("Retry-After", "0")), FakeServer.Answer(200, "ok"));

        await new ChatWebhook(http, server.Address).SendAsync(Message, Token);

        Assert.Equal(2, server.Requests.Count);
        Assert.All(server.Requests, request => Assert.Equal(Message.Key, request.Headers["Idempotency-Key"]));
        var body = JsonNode.Parse(server.Requests[1].Body)!;
        Assert.Equal((Message.Text, Message.Channel, Message.Key), ((string?)body["text"], (string?)body["channel"], (string?)body["message_id"]));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_connection_that_does_not_come_about_is_a_system_that_does_not_answer()
    {
        using var server = new MuteServer();
        using var impatient = new OutsideHttp(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(200));

        var error = await Assert.ThrowsAsync<RolloutException>(() => new ChatWebhook(impatient, server.Address).SendAsync(Message, Token));

        Assert.Equal(("ChatUnavailable", RolloutErrorKind.Unavailable), (error.Id, error.Kind));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_refused_chat_message_tells_why_and_keeps_the_webhooks_secret_path()
    {
        await using var server = FakeServer.Start(FakeServer.Answer(404, "no_service"));

        var error = await Assert.ThrowsAsync<RolloutException>(() => new ChatWebhook(http, new Uri(server.Address, "services/T000/SECRET")).SendAsync(Message, Token));

        Assert.Equal("ChatRefused", error.Id);
        Assert.Contains("no_service", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("SECRET", error + error.Remedy, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_status_page_gets_name_status_and_body()
    {
        await using var server = FakeServer.Start(FakeServer.Answer(201, "{}"));

        await new StatusPageChannel(http, server.Address).SendAsync(Message, Token);

        var body = JsonNode.Parse(Assert.Single(server.Requests).Body)!;
        Assert.Equal(("Upgrade", "in_progress", Message.Text, Message.Key), ((string?)body["name"], (string?)body["status"], (string?)body["body"], (string?)body["message_id"]));
    }

    [Fact(Timeout = 120_000)]
    public async Task Alerts_are_read_with_severity_and_summary_and_without_the_suppressed_ones()
    {
        await using var server = FakeServer.Start(FakeServer.Answer(200, """
            [{"fingerprint":"f1","startsAt":"2026-11-23T11:00:00.000Z","status":{"state":"active"},"labels":{"alertname":"HighErrorRate","severity":"Critical"},"annotations":{"description":"5 %"}},
             {"fingerprint":"f2","startsAt":"2026-11-23T11:00:00.000Z","status":{"state":"suppressed"},"labels":{"alertname":"Silenced"},"annotations":{}}]
            """));

        var alert = Assert.Single(await new AlertmanagerSource(http, new Uri(server.Address, "alertmanager")).ReadAsync(Token));

        Assert.Equal(("f1", "HighErrorRate", "critical", "5 %"), (alert.Fingerprint, alert.Name, alert.Severity, alert.Summary));
        Assert.Equal("/alertmanager/api/v2/alerts?active=true&silenced=false&inhibited=false", server.Requests[0].PathAndQuery);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_remote_clock_is_asked_again_when_it_answers_too_early()
    {
        await using var server = FakeServer.Start(FakeServer.Answer(200, """{"now":"2026-11-23T09:29:00Z"}"""), FakeServer.Answer(200, """{"now":"2026-11-23T09:30:00Z"}"""));

        await new RemoteClock(http, new Uri(server.Address, "clock")).WaitUntilAsync(new DateTimeOffset(2026, 11, 23, 9, 30, 0, TimeSpan.Zero), Token);

        Assert.Equal(["/clock/wait", "/clock/wait"], server.Requests.Select(request => request.PathAndQuery));
        Assert.Equal("2026-11-23T09:30:00.0000000Z", (string?)JsonNode.Parse(server.Requests[0].Body)!["until"]);
    }

    [Fact(Timeout = 120_000)]
    public void A_missing_address_names_the_environment_and_the_plans_key_each_time()
    {
        using var world = new OutsideWorld(TestPlans.Make(), TestPlans.Make().Environment());
        var channel = new PlanChannel("#deployment-status", ChannelKind.Chat, "");

        foreach (var (use, key) in new (Func<object>, string)[]
        {
            (() => world.Metrics, "Endpoints.Prometheus"), (() => world.Metrics, "Endpoints.Prometheus"), (() => world.Alerts, "Endpoints.Alertmanager"),
            (() => world.Channel(channel), "Endpoints.ChatWebhook"), (() => world.Channel(channel with { Kind = ChannelKind.StatusPage }), "Endpoints.StatusPage"),
        })
        {
            var error = Assert.Throws<RolloutException>(use);
            Assert.Equal(("EndpointMissing", RolloutErrorKind.InvalidInput), (error.Id, error.Kind));
            Assert.Contains(key, error.Message, StringComparison.Ordinal);
            Assert.Contains("production", error.Message, StringComparison.Ordinal);
        }
    }
}
