using System.Text.Json.Nodes;
using VisionRollout.Core.Plan;

namespace VisionRollout.Adapters.Traffic;

/// <summary>What differs between the kinds of routes: how entries, destinations, weights and matches are written.</summary>
/// <param name="route">The plan's route.</param>
/// <param name="ns">Namespace of the route.</param>
internal abstract class RouteDialect(PlanRoute route, string ns)
{
    /// <summary>API groups and versions that serve the kind, the preferred one first.</summary>
    public abstract IReadOnlyList<string> Apis { get; }

    /// <summary>Plural resource name.</summary>
    public abstract string Plural { get; }

    /// <summary>Member of <c>spec</c> that lists the entries.</summary>
    public abstract string Entries { get; }

    /// <summary>Member of an entry that lists its weighted destinations.</summary>
    public abstract string Destinations { get; }

    /// <summary>The plan's route.</summary>
    protected PlanRoute Route { get; } = route;

    /// <summary>Namespace of the route.</summary>
    protected string Namespace { get; } = ns;

    /// <summary>Colour of a destination; null when it is none of the plan's hosts.</summary>
    public abstract string? ColourOf(JsonObject destination);

    /// <summary>Weight of a destination as stored, before it is set in proportion to the others of its entry.</summary>
    public abstract double WeightOf(JsonObject destination, int siblings);

    /// <summary>A new destination for a colour, written like <paramref name="sibling"/>.</summary>
    public abstract JsonObject MakeDestination(JsonObject sibling, string colour, int weight);

    /// <summary>True when the entry takes nothing but requests with the plan's canary header.</summary>
    public abstract bool IsHeaderRoute(JsonObject entry);

    /// <summary>True when the entry takes only requests of certain users (by header, query, source …): somebody's own rule, which is left alone.</summary>
    public abstract bool IsPinned(JsonObject entry);

    /// <summary>A copy of an entry (with its timeouts, retries, rewrites …) that takes only requests with the plan's canary header. Its destinations are set by the caller.</summary>
    public abstract JsonObject MakeHeaderRoute(JsonObject entry);
}
