using System.Globalization;
using System.Text.Json.Nodes;
using VisionRollout.Adapters.Http;
using VisionRollout.Core.Alerts;

namespace VisionRollout.Adapters.Alertmanager;

/// <summary>Active alerts from Alertmanager's API v2 (prometheus/alertmanager, api/v2/openapi.yaml).</summary>
public sealed class AlertmanagerSource : IAlertSource
{
    private readonly OutsideHttp http;
    private readonly OutsideSystem system;

    /// <summary>Reads from the Alertmanager at an address.</summary>
    public AlertmanagerSource(OutsideHttp http, Uri address)
    {
        this.http = http;
        system = new OutsideSystem("Alertmanager", "Alertmanager", "Endpoints.Alertmanager", address);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ActiveAlert>> ReadAsync(CancellationToken token)
    {
        var answer = await http.GetJsonAsync(system, system.Below("api/v2/alerts?active=true&silenced=false&inhibited=false"), token);
        return [.. (answer as JsonArray ?? []).OfType<JsonObject>().Where(IsActive).Select(Read)];
    }

    private static bool IsActive(JsonObject alert) => (string?)alert["status"]?["state"] is null or "active";

    private static ActiveAlert Read(JsonObject alert)
    {
        var labels = Strings(alert["labels"]);
        var annotations = Strings(alert["annotations"]);
        DateTimeOffset.TryParse((string?)alert["startsAt"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var since);
        return new ActiveAlert((string?)alert["fingerprint"] ?? "", labels.GetValueOrDefault("alertname", ""),
            labels.GetValueOrDefault("severity", "").ToLowerInvariant(), since, labels,
            annotations.GetValueOrDefault("summary") ?? annotations.GetValueOrDefault("description", ""));
    }

    private static Dictionary<string, string> Strings(JsonNode? map) =>
        (map as JsonObject ?? []).ToDictionary(item => item.Key, item => (string?)item.Value ?? "", StringComparer.Ordinal);
}
