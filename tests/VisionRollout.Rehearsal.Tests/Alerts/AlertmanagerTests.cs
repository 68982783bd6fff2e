using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using VisionRollout.Rehearsal.Faults;
using VisionRollout.Rehearsal.Tests.Mesh;

namespace VisionRollout.Rehearsal.Tests.Alerts;

public sealed class AlertmanagerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task The_fault_alert_fires_until_it_ends()
    {
        await using var world = await TestWorld.StartAsync();
        Assert.Empty(await AlertsAsync(world));
        world.Fault(new ActiveFault(FaultNames.Alert, "core", null, null, null, null));
        await world.AdvanceAsync(TimeSpan.FromSeconds(16));
        var alert = Assert.Single(await AlertsAsync(world, "?active=true&silenced=false&inhibited=false&filter=severity%3D%22critical%22"));
        Assert.Equal("core", (string?)alert!["labels"]!["service"]);
        Assert.Equal("active", (string?)alert["status"]!["state"]);
        Assert.Matches("^[0-9a-f]{16}$", (string)alert["fingerprint"]!);
        Assert.Empty(await AlertsAsync(world, "?filter=severity%3D~%22warn.*%22"));

        world.Fault();
        await world.AdvanceAsync(TimeSpan.FromSeconds(31));
        Assert.Empty(await AlertsAsync(world));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_version_with_more_than_five_percent_errors_raises_HighErrorRate()
    {
        await using var world = await TestWorld.StartAsync();
        world.Route(50, 50);
        world.Fault(new ActiveFault(FaultNames.ErrorRate, null, null, "v1.1.0", null, 0.08));
        await world.AdvanceAsync(TimeSpan.FromMinutes(2));
        var alert = Assert.Single(await AlertsAsync(world));
        Assert.Equal("HighErrorRate", (string?)alert!["labels"]!["alertname"]);
        Assert.Equal("v1.1.0", (string?)alert["labels"]!["destination_version"]);

        world.Fault();
        await world.AdvanceAsync(TimeSpan.FromMinutes(2));
        Assert.Empty(await AlertsAsync(world));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_silence_suppresses_what_it_matches_until_it_is_deleted()
    {
        await using var world = await TestWorld.StartAsync();
        using var posted = await world.Client.PostAsJsonAsync(
            new Uri(world.Control, "/alertmanager/api/v2/alerts"), new[] { new { labels = new { alertname = "Disk", severity = "warning" } } }, Token);
        Assert.Equal(HttpStatusCode.OK, posted.StatusCode);
        var silence = new
        {
            matchers = new[] { new { name = "alertname", value = "Di.*", isRegex = true, isEqual = true } },
            startsAt = world.Clock.Now,
            endsAt = world.Clock.Now.AddHours(1),
            createdBy = "test",
            comment = "rollout",
        };
        using var made = await world.Client.PostAsJsonAsync(new Uri(world.Control, "/alertmanager/api/v2/silences"), silence, Token);
        var id = (string?)(await made.Content.ReadFromJsonAsync<JsonNode>(Token))!["silenceID"];
        var suppressed = Assert.Single(await AlertsAsync(world));
        Assert.Equal("suppressed", (string?)suppressed!["status"]!["state"]);
        Assert.Equal(id, (string?)suppressed["status"]!["silencedBy"]![0]);
        Assert.Empty(await AlertsAsync(world, "?silenced=false"));

        using var deleted = await world.Client.DeleteAsync(new Uri(world.Control, $"/alertmanager/api/v2/silence/{id}"), Token);
        Assert.Equal(HttpStatusCode.OK, deleted.StatusCode);
        Assert.Single(await AlertsAsync(world, "?silenced=false"));
        var expired = await world.Client.GetFromJsonAsync<JsonNode>(new Uri(world.Control, $"/alertmanager/api/v2/silence/{id}"), Token);
        Assert.Equal("expired", (string?)expired!["status"]!["state"]);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("{}")]
    [InlineData("""{ "matchers": [], "startsAt": "2030-01-01T00:00:00Z", "endsAt": "2031-01-01T00:00:00Z", "createdBy": "x", "comment": "x" }""")]
    [InlineData("""{ "matchers": [{ "name": "a", "value": ".*", "isRegex": true }], "startsAt": "2030-01-01T00:00:00Z", "endsAt": "2031-01-01T00:00:00Z", "createdBy": "x", "comment": "x" }""")]
    [InlineData("""{ "matchers": [{ "name": "a", "value": "b" }], "startsAt": "2010-01-01T00:00:00Z", "endsAt": "2011-01-01T00:00:00Z", "createdBy": "x", "comment": "x" }""")]
    public async Task A_silence_that_makes_no_sense_is_refused(string body)
    {
        await using var world = await TestWorld.StartAsync();
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var response = await world.Client.PostAsync(new Uri(world.Control, "/alertmanager/api/v2/silences"), content, Token);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    private static async Task<JsonArray> AlertsAsync(TestWorld world, string query = "") =>
        (await world.Client.GetFromJsonAsync<JsonArray>(new Uri(world.Control, "/alertmanager/api/v2/alerts" + query), Token))!;
}
