using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using VisionRollout.Adapters.Http;
using VisionRollout.Core.Alerts;
using VisionRollout.Core.Errors;

namespace VisionRollout.Adapters.Alertmanager;

/// <summary>Silences by Alertmanager's API v2 (prometheus/alertmanager, api/v2/openapi.yaml).</summary>
public sealed class AlertmanagerSilences : IAlertSilences
{
    private readonly OutsideHttp http;
    private readonly OutsideSystem system;

    /// <summary>Writes to the Alertmanager at an address.</summary>
    public AlertmanagerSilences(OutsideHttp http, Uri address)
    {
        this.http = http;
        system = new OutsideSystem("Alertmanager", "Alertmanager", "Endpoints.Alertmanager", address);
    }

    /// <inheritdoc/>
    public async Task<AlertSilence?> FindAsync(AlertSilence silence, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(silence);
        var wanted = silence.Matchers.ToHashSet();
        var known = (await http.GetJsonAsync(system, system.Below("api/v2/silences"), token) as JsonArray ?? []).OfType<JsonObject>()
            .Where(item => (string?)item["status"]?["state"] is "active" or "pending" && (string?)item["comment"] == silence.Comment);
        var same = known.FirstOrDefault(item => (item["matchers"] as JsonArray ?? []).OfType<JsonObject>().Select(Matcher).ToHashSet() is var matchers && matchers.SetEquals(wanted));
        return same is null ? null : silence with { Id = (string?)same["id"] ?? "", Until = DateTimeOffset.Parse((string?)same["endsAt"] ?? "", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal) };
    }

    /// <inheritdoc/>
    public async Task<string> AddAsync(AlertSilence silence, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(silence);
        var body = new JsonObject
        {
            ["matchers"] = new JsonArray([.. silence.Matchers.Select(matcher => new JsonObject { ["name"] = matcher.Name, ["value"] = matcher.Value, ["isRegex"] = matcher.IsRegex, ["isEqual"] = matcher.IsEqual })]),
            ["startsAt"] = Time(silence.From),
            ["endsAt"] = Time(silence.Until),
            ["createdBy"] = silence.CreatedBy,
            ["comment"] = silence.Comment,
        };
        var answer = await http.PostAsync(system, system.Below("api/v2/silences"), body, key: null, OutsideHttp.AttemptTimeout, token);
        return (string?)OutsideHttp.Parse(system, answer)["silenceID"]
            ?? throw new RolloutException("AlertmanagerRefused", RolloutErrorKind.Failed, $"{system.Place} made a silence without an identity.", "Check that Endpoints.Alertmanager of the environment in the plan is an Alertmanager.", system.Name);
    }

    /// <inheritdoc/>
    public async Task RemoveAsync(string id, CancellationToken token)
    {
        var address = system.Below("api/v2/silence/" + Uri.EscapeDataString(id));
        var answer = await http.SendAsync(system, () => new HttpRequestMessage(HttpMethod.Delete, address), OutsideHttp.AttemptTimeout, token);
        if (answer.IsSuccess || answer.Status == HttpStatusCode.NotFound || await HasEndedAsync(address, token)) return;
        throw OutsideHttp.Refused(system, answer);
    }

    // Alertmanager answers 500 to the removal of a silence that has ended already.
    private async Task<bool> HasEndedAsync(Uri address, CancellationToken token)
    {
        var answer = await http.SendAsync(system, () => new HttpRequestMessage(HttpMethod.Get, address), OutsideHttp.AttemptTimeout, token);
        return answer.Status == HttpStatusCode.NotFound || (answer.IsSuccess && (string?)OutsideHttp.Parse(system, answer)["status"]?["state"] == "expired");
    }

    private static SilenceMatcher Matcher(JsonObject matcher) => new((string?)matcher["name"] ?? "", (string?)matcher["value"] ?? "", (bool?)matcher["isEqual"] ?? true, (bool?)matcher["isRegex"] ?? false);

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
