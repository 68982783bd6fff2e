using System.Net.Http.Json;
using VisionRollout.Adapters.Alertmanager;
using VisionRollout.Adapters.Http;
using VisionRollout.Core.Alerts;

namespace VisionRollout.Adapters.Tests.Monitoring;

public sealed class RealAlertmanagerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task Alerts_and_silences_are_those_of_a_real_Alertmanager()
    {
        await using var alertmanager = await MonitoringProgram.AlertmanagerAsync(Token);
        using var http = new OutsideHttp();
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var source = new AlertmanagerSource(http, alertmanager.Address);
        var silences = new AlertmanagerSilences(http, alertmanager.Address);
        Assert.Empty(await source.ReadAsync(Token));

        var alerts = new[] { "Critical", "warning" }.Select(severity => new { labels = new { alertname = "Restarted", severity, @namespace = "vision-to-code-production" }, annotations = new { summary = "again" } });
        (await client.PostAsJsonAsync(new Uri(alertmanager.Address, "/api/v2/alerts"), alerts, Token)).EnsureSuccessStatusCode();
        var firing = await source.ReadAsync(Token);
        Assert.Equal(["critical", "warning"], firing.Select(alert => alert.Severity).Order());
        Assert.Equal(2, firing.Select(alert => alert.Fingerprint).Distinct().Count());
        Assert.All(firing, alert => Assert.Equal(("Restarted", "again"), (alert.Name, alert.Summary)));

        var now = DateTimeOffset.UtcNow;
        var silence = new AlertSilence
        {
            Matchers = [new("alertname", "Restarted"), new("namespace", "vision-to-code-production"), new("severity", "Critical", IsEqual: false)],
            From = now, Until = now.AddHours(1), CreatedBy = "ops", Comment = "a release",
        };
        Assert.Null(await silences.FindAsync(silence, Token));
        var id = await silences.AddAsync(silence, Token);
        Assert.Equal(id, (await silences.FindAsync(silence with { From = now.AddMinutes(1) }, Token))!.Id);
        Assert.Null(await silences.FindAsync(silence with { Comment = "another release" }, Token));
        Assert.Null(await silences.FindAsync(silence with { Matchers = [.. silence.Matchers.Skip(1)] }, Token));
        while ((await source.ReadAsync(Token)).Count == 2) await Task.Delay(100, Token);
        Assert.Equal("critical", Assert.Single(await source.ReadAsync(Token)).Severity);

        await silences.RemoveAsync(id, Token);
        Assert.Null(await silences.FindAsync(silence, Token));
        while ((await source.ReadAsync(Token)).Count == 1) await Task.Delay(100, Token);
        await silences.RemoveAsync(id, Token); // twice is no mistake
        await silences.RemoveAsync("00000000-0000-0000-0000-000000000000", Token);
        Assert.Equal(2, (await source.ReadAsync(Token)).Count);
    }
}
