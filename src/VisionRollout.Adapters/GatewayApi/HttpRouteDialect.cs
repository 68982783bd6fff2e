using System.Text.Json.Nodes;
using VisionRollout.Adapters.Traffic;
using VisionRollout.Core.Plan;

namespace VisionRollout.Adapters.GatewayApi;

/// <summary>The Gateway API's HTTPRoute (gateway.networking.k8s.io): <c>spec.rules[].backendRefs[]</c> with <c>weight</c>;
/// the most specific match wins, and a header makes a match more specific than the same one without.</summary>
internal sealed class HttpRouteDialect(PlanRoute route, string ns) : RouteDialect(route, ns)
{
    private static readonly string[] GeneralMatches = ["path", "method"];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Apis { get; } = ["apis/gateway.networking.k8s.io/v1", "apis/gateway.networking.k8s.io/v1beta1"];

    /// <inheritdoc/>
    public override string Plural => "httproutes";

    /// <inheritdoc/>
    public override string Entries => "rules";

    /// <inheritdoc/>
    public override string Destinations => "backendRefs";

    /// <inheritdoc/>
    public override string? ColourOf(JsonObject destination)
    {
        var isService = (string?)destination["kind"] is null or "Service" && string.IsNullOrEmpty((string?)destination["group"]);
        var isHere = (string?)destination["namespace"] is not { } other || other == Namespace;
        var name = (string?)destination["name"];
        return isService && isHere && name is not null ? Route.Hosts.FirstOrDefault(item => item.Value.Split('.')[0] == name).Key : null;
    }

    /// <inheritdoc/>
    /// <remarks>Gateway API: the weight is 1 when none is given, and traffic is split in proportion to the sum.</remarks>
    public override double WeightOf(JsonObject destination, int siblings) => (double?)destination["weight"] ?? 1;

    /// <inheritdoc/>
    public override JsonObject MakeDestination(JsonObject sibling, string colour, int weight)
    {
        var made = new JsonObject();
        foreach (var (name, value) in sibling)
        {
            // Filters of a backendRef belong to that backend.
            if (name is not ("filters" or "weight")) made[name] = value?.DeepClone();
        }

        made["name"] = Route.Hosts[colour].Split('.')[0];
        made["port"] ??= Route.Port;
        made["weight"] = weight;
        return made;
    }

    /// <inheritdoc/>
    public override bool IsHeaderRoute(JsonObject entry) => MatchesOf(entry) is { Count: > 0 } matches && matches.All(IsHeaderMatch);

    /// <inheritdoc/>
    public override bool IsPinned(JsonObject entry) => MatchesOf(entry).Any(match => match.Any(member => !GeneralMatches.Contains(member.Key)));

    /// <inheritdoc/>
    public override JsonObject MakeHeaderRoute(JsonObject entry)
    {
        var matches = MatchesOf(entry).Select(match => match.DeepClone().AsObject()).DefaultIfEmpty([]).ToArray();
        foreach (var match in matches)
            match["headers"] = new JsonArray(new JsonObject { ["type"] = "Exact", ["name"] = Route.Header, ["value"] = Route.HeaderValue });

        var made = entry.DeepClone().AsObject();
        made.Remove("name");
        made["matches"] = new JsonArray([.. matches]);
        return made;
    }

    private static List<JsonObject> MatchesOf(JsonObject entry) => [.. (entry["matches"] as JsonArray ?? []).OfType<JsonObject>()];

    private bool IsHeaderMatch(JsonObject match) =>
        match["headers"] is JsonArray { Count: 1 } headers && headers[0] is JsonObject condition
        && string.Equals((string?)condition["name"], Route.Header, StringComparison.OrdinalIgnoreCase)
        && (string?)condition["type"] is null or "Exact" && (string?)condition["value"] == Route.HeaderValue
        && match.All(member => member.Key == "headers" || GeneralMatches.Contains(member.Key));
}
