using System.Text.Json.Nodes;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Plan;

namespace VisionRollout.Adapters.Traffic;

/// <summary>Reads and changes the weights and the header route in a route's list of entries, and nothing else of it.
/// Weighted entries are those whose destinations are the plan's hosts and that take general traffic (any path, method or host);
/// entries for certain users (by header, query, source) and entries that lead elsewhere stay as they are. Destinations with
/// weight 0 are kept: both kinds of routes allow it, and the object then shows both colours at every stage.</summary>
internal sealed class RouteDocument
{
    private readonly RouteDialect dialect;
    private readonly PlanRoute route;
    private readonly IReadOnlyList<string> colours;
    private readonly JsonArray entries;

    /// <summary>Looks at a route's <c>spec</c>; the entries are copied, the argument stays unchanged.</summary>
    /// <exception cref="RolloutException">No entry leads to the plan's hosts, or one leads to the plan's hosts and elsewhere.</exception>
    public RouteDocument(JsonObject spec, RouteDialect dialect, PlanRoute route, IReadOnlyList<string> colours)
    {
        this.dialect = dialect;
        this.route = route;
        this.colours = colours;
        entries = spec[dialect.Entries]?.DeepClone() as JsonArray ?? [];
        if (!Weighted().Any()) throw NotOurs();
        foreach (var entry in Weighted()) RequireOnlyOurs(entry);
    }

    /// <summary>The entries, as changed.</summary>
    public JsonArray Entries => entries;

    /// <summary>Share by colour in the plan's order; of the last weighted entry, which is the catch-all where there are several.</summary>
    public IReadOnlyDictionary<string, double> Weights => SharesOf(Weighted().Last());

    /// <summary>Colour of the header route; null without one.</summary>
    public string? HeaderColour => HeaderRoutes().Select(entry => SharesOf(entry).MaxBy(share => share.Value).Key).FirstOrDefault();

    /// <summary>Sets every weighted entry to these whole per cent; an entry that has them already is not touched.</summary>
    public void SetWeights(IReadOnlyDictionary<string, int> percents)
    {
        foreach (var entry in Weighted().ToList())
        {
            var shares = SharesOf(entry);
            if (colours.All(colour => Math.Abs((shares[colour] * 100) - percents.GetValueOrDefault(colour)) < 1e-9)) continue;
            var destinations = DestinationsOf(entry);
            foreach (var colour in colours) SetWeight(destinations, colour, percents.GetValueOrDefault(colour));
        }
    }

    /// <summary>Points the header route to a colour: the one that stands there, or else a new one before each weighted entry. Null removes it.</summary>
    public void SetHeaderColour(string? colour)
    {
        var existing = HeaderRoutes().ToList();
        if (colour is null)
        {
            foreach (var entry in existing) entries.Remove(entry);
        }
        else if (existing.Count > 0)
        {
            foreach (var entry in existing.Where(entry => SharesOf(entry)[colour] < 1)) PointTo(entry, colour);
        }
        else
        {
            foreach (var entry in Weighted().ToList())
            {
                var made = dialect.MakeHeaderRoute(entry);
                PointTo(made, colour);
                entries.Insert(entries.IndexOf(entry), made);
            }
        }
    }

    private IEnumerable<JsonObject> Ours() =>
        entries.OfType<JsonObject>().Where(entry => DestinationsOf(entry).OfType<JsonObject>().Any(item => dialect.ColourOf(item) is not null));

    private IEnumerable<JsonObject> Weighted() => Ours().Where(entry => !dialect.IsPinned(entry));

    private IEnumerable<JsonObject> HeaderRoutes() => Ours().Where(dialect.IsHeaderRoute);

    private JsonArray DestinationsOf(JsonObject entry) => entry[dialect.Destinations] as JsonArray ?? [];

    private Dictionary<string, double> SharesOf(JsonObject entry)
    {
        var destinations = DestinationsOf(entry).OfType<JsonObject>().ToList();
        var weights = destinations.Select(item => dialect.WeightOf(item, destinations.Count)).ToList();
        var total = weights.Sum();
        var shares = colours.ToDictionary(colour => colour, _ => 0.0, StringComparer.Ordinal);
        for (var index = 0; index < destinations.Count; index++)
        {
            if (dialect.ColourOf(destinations[index]) is { } colour && total > 0) shares[colour] += weights[index] / total;
        }

        return shares;
    }

    /// <summary>A colour with several destinations (subsets) keeps their proportion.</summary>
    private void SetWeight(JsonArray destinations, string colour, int percent)
    {
        var all = destinations.OfType<JsonObject>().ToList();
        var own = all.Where(item => dialect.ColourOf(item) == colour).ToList();
        if (own.Count > 0)
        {
            var parts = WholePercent.Split(percent, [.. own.Select(item => dialect.WeightOf(item, all.Count))]);
            for (var index = 0; index < own.Count; index++) own[index]["weight"] = parts[index];
        }
        else if (percent > 0)
        {
            destinations.Add(dialect.MakeDestination(all.First(item => dialect.ColourOf(item) is not null), colour, percent));
        }
    }

    private void PointTo(JsonObject entry, string colour)
    {
        var destinations = DestinationsOf(entry).OfType<JsonObject>().ToList();
        var chosen = destinations.FirstOrDefault(item => dialect.ColourOf(item) == colour)?.DeepClone().AsObject()
            ?? dialect.MakeDestination(destinations.First(item => dialect.ColourOf(item) is not null), colour, 100);
        chosen["weight"] = 100;
        entry[dialect.Destinations] = new JsonArray(chosen);
    }

    private void RequireOnlyOurs(JsonObject entry)
    {
        var destinations = DestinationsOf(entry).OfType<JsonObject>().ToList();
        var foreign = destinations.FirstOrDefault(item => dialect.ColourOf(item) is null && dialect.WeightOf(item, destinations.Count) > 0);
        if (foreign is null) return;
        throw new RolloutException("RouteForeignDestination", RolloutErrorKind.InvalidState,
            $"{route.Kind} '{route.Name}' sends a part of the same traffic to a destination that is none of the plan's hosts ({Hosts()}): {foreign.ToJsonString()}",
            "Take that destination out of the entry, or give it weight 0: weights could not add up otherwise.", route.Name);
    }

    private RolloutException NotOurs() => new("RouteHasNoPlanHost", RolloutErrorKind.InvalidState,
        $"{route.Kind} '{route.Name}' has no entry for general traffic that leads to one of the plan's hosts ({Hosts()}).",
        $"Correct Route.Hosts in the plan, or let spec.{dialect.Entries} of the route lead to one of them.", route.Name);

    private string Hosts() => string.Join(", ", route.Hosts.Select(host => $"{host.Key}: {host.Value}"));
}
