using System.Text.Json.Nodes;

namespace VisionRollout.Rehearsal.Mesh;

/// <summary>
/// Compiles a Gateway API HTTPRoute. Precedence as its specification says: exact path, longest prefix, method, number of
/// headers, then the order in the object.
/// </summary>
internal static class HttpRouteRules
{
    public static IEnumerable<RouteRule> Compile(JsonObject item)
    {
        var rules = from rule in (item["spec"]?["rules"] as JsonArray ?? []).OfType<JsonObject>()
                    let destinations = (rule["backendRefs"] as JsonArray ?? []).OfType<JsonObject>().Select(Destination).ToArray()
                    from match in Matches(rule)
                    select new RouteRule(match, destinations);
        return rules
            .OrderByDescending(rule => rule.Match.Path?.Rank ?? 1)
            .ThenByDescending(rule => rule.Match.Path?.Length ?? 1)
            .ThenByDescending(rule => rule.Match.Method is not null)
            .ThenByDescending(rule => rule.Match.Headers.Count);
    }

    private static RouteMatch[] Matches(JsonObject rule)
    {
        var matches = (rule["matches"] as JsonArray ?? []).OfType<JsonObject>().Select(Match).ToArray();
        return matches.Length == 0 ? [RouteMatch.Any] : matches;
    }

    private static RouteDestination Destination(JsonObject backend) =>
        new((string?)backend["name"] ?? string.Empty, null, (int?)(double?)backend["weight"] ?? 1);

    private static RouteMatch Match(JsonObject match) => new(
        match["path"] is JsonObject path ? Path((string?)path["type"], (string?)path["value"] ?? "/") : null,
        (string?)match["method"] is { } method ? TextMatch.Exact(method) : null,
        [.. (match["headers"] as JsonArray ?? []).OfType<JsonObject>().Select(Header)]);

    private static TextMatch Path(string? type, string value) => type switch
    {
        "Exact" => TextMatch.Exact(value),
        "RegularExpression" => TextMatch.Pattern(value),
        _ => TextMatch.PathPrefix(value),
    };

    private static KeyValuePair<string, TextMatch> Header(JsonObject header)
    {
        var value = (string?)header["value"] ?? string.Empty;
        var match = (string?)header["type"] == "RegularExpression" ? TextMatch.Pattern(value) : TextMatch.Exact(value);
        return KeyValuePair.Create((string?)header["name"] ?? string.Empty, match);
    }
}
