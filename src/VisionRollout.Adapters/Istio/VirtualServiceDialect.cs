using System.Text.Json.Nodes;
using VisionRollout.Adapters.Traffic;
using VisionRollout.Core.Plan;

namespace VisionRollout.Adapters.Istio;

/// <summary>Istio's VirtualService (networking.istio.io): <c>spec.http[].route[].destination.host</c> with <c>weight</c>,
/// entries tried in order.</summary>
internal sealed class VirtualServiceDialect(PlanRoute route, string ns) : RouteDialect(route, ns)
{
    /// <summary>Members of a match that tell requests apart by what they ask for, not by who asks.</summary>
    private static readonly string[] GeneralMatches = ["name", "uri", "scheme", "method", "authority", "port", "gateways", "ignoreUriCase", "statPrefix"];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Apis { get; } = ["apis/networking.istio.io/v1", "apis/networking.istio.io/v1beta1"];

    /// <inheritdoc/>
    public override string Plural => "virtualservices";

    /// <inheritdoc/>
    public override string Entries => "http";

    /// <inheritdoc/>
    public override string Destinations => "route";

    /// <inheritdoc/>
    public override string? ColourOf(JsonObject destination)
    {
        var host = (string?)destination["destination"]?["host"];
        var subset = (string?)destination["destination"]?["subset"];
        return host is null ? null : Route.Hosts.FirstOrDefault(item => IsSame(host, item.Value) && (Route.Subsets.Count == 0 || Route.Subsets[item.Key] == subset)).Key;
    }

    /// <inheritdoc/>
    /// <remarks>Istio: a single destination receives all traffic; among several, one without a weight receives none.</remarks>
    public override double WeightOf(JsonObject destination, int siblings) => siblings == 1 ? 1 : (double?)destination["weight"] ?? 0;

    /// <inheritdoc/>
    public override JsonObject MakeDestination(JsonObject sibling, string colour, int weight)
    {
        var model = sibling["destination"]!;
        var destination = new JsonObject
        {
            ["host"] = Like((string)model["host"]!, Route.Hosts[colour]),
            ["port"] = model["port"]?.DeepClone() ?? new JsonObject { ["number"] = Route.Port },
        };
        if (Route.Subsets.TryGetValue(colour, out var subset)) destination["subset"] = subset;
        return new JsonObject { ["destination"] = destination, ["weight"] = weight };
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
            match["headers"] = new JsonObject { [Route.Header.ToLowerInvariant()] = new JsonObject { ["exact"] = Route.HeaderValue } };

        var made = new JsonObject { ["match"] = new JsonArray([.. matches]) };
        foreach (var (name, value) in entry)
        {
            // Names label metrics and access logs, and are those of the entry they stand in.
            if (name is not ("match" or "name")) made[name] = value?.DeepClone();
        }

        return made;
    }

    private static List<JsonObject> MatchesOf(JsonObject entry) => [.. (entry["match"] as JsonArray ?? []).OfType<JsonObject>()];

    private bool IsHeaderMatch(JsonObject match) =>
        match["headers"] is JsonObject { Count: 1 } headers
        && headers.First() is var (name, condition)
        && string.Equals(name, Route.Header, StringComparison.OrdinalIgnoreCase)
        && condition is JsonObject { Count: 1 } && (string?)condition["exact"] == Route.HeaderValue
        && match.All(member => member.Key == "headers" || GeneralMatches.Contains(member.Key));

    /// <summary>True when two names mean the same Service: short ones are in the route's namespace.</summary>
    private bool IsSame(string left, string right) => string.Equals(Qualify(left), Qualify(right), StringComparison.OrdinalIgnoreCase);

    private string Qualify(string host)
    {
        var parts = host.Split('.');
        return parts.Length switch
        {
            1 => $"{host}.{Namespace}",
            >= 3 when parts[2] == "svc" => $"{parts[0]}.{parts[1]}",
            _ => host,
        };
    }

    /// <summary>Writes a host in its sibling's form: short, or with namespace and cluster domain.</summary>
    private static string Like(string sibling, string host)
    {
        var dot = sibling.IndexOf('.', StringComparison.Ordinal);
        return dot < 0 || host.Contains('.', StringComparison.Ordinal) ? host : host + sibling[dot..];
    }
}
