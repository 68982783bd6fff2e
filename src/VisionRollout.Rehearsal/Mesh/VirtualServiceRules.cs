using System.Text.Json.Nodes;

namespace VisionRollout.Rehearsal.Mesh;

/// <summary>Compiles an Istio VirtualService (networking.istio.io): its http routes apply in order, and so do the matches of each.</summary>
internal static class VirtualServiceRules
{
    public static IEnumerable<RouteRule> Compile(JsonObject item)
    {
        foreach (var http in (item["spec"]?["http"] as JsonArray ?? []).OfType<JsonObject>())
        {
            var destinations = (http["route"] as JsonArray ?? []).OfType<JsonObject>().ToArray();
            var compiled = destinations.Select(route => Destination(route, destinations.Length == 1)).ToArray();
            var matches = (http["match"] as JsonArray ?? []).OfType<JsonObject>().Select(Match).ToArray();
            foreach (var match in matches.Length == 0 ? [RouteMatch.Any] : matches)
                yield return new RouteRule(match, compiled);
        }
    }

    /// <summary>A sole destination without a weight gets all.</summary>
    private static RouteDestination Destination(JsonObject route, bool sole) => new(
        (string?)route["destination"]?["host"] ?? string.Empty,
        (string?)route["destination"]?["subset"],
        (int?)(double?)route["weight"] ?? (sole ? 100 : 0));

    private static RouteMatch Match(JsonObject match) => new(
        Text(match["uri"]),
        Text(match["method"]),
        [.. (match["headers"] as JsonObject ?? []).Select(header => KeyValuePair.Create(header.Key, Text(header.Value) ?? TextMatch.Prefix(string.Empty)))]);

    private static TextMatch? Text(JsonNode? node) => node switch
    {
        JsonObject { Count: > 0 } match when match["exact"] is { } exact => TextMatch.Exact((string)exact!),
        JsonObject { Count: > 0 } match when match["prefix"] is { } prefix => TextMatch.Prefix((string)prefix!),
        JsonObject { Count: > 0 } match when match["regex"] is { } regex => TextMatch.Pattern((string)regex!),
        _ => null,
    };
}
