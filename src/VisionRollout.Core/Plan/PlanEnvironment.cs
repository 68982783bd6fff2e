namespace VisionRollout.Core.Plan;

/// <summary>One environment: where things are. Addresses may be replaced when connecting (a rehearsal does so).</summary>
public sealed record PlanEnvironment
{
    /// <summary>Name, e.g. <c>production</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Kubernetes namespace.</summary>
    public required string Namespace { get; init; }

    /// <summary>The traffic route.</summary>
    public required PlanRoute Route { get; init; }

    /// <summary>Further routes that move together with <see cref="Route"/>: all of them or none, in this order, and back in the reverse one.</summary>
    public IReadOnlyList<PlanRoute> MoreRoutes { get; init; } = [];

    /// <summary>All routes, in the order in which they move forward.</summary>
    public IEnumerable<PlanRoute> Routes => [Route, .. MoreRoutes];

    /// <summary>The route by which a service is reached: the one that names it, else <see cref="Route"/>.</summary>
    public PlanRoute RouteOf(string service) => MoreRoutes.FirstOrDefault(route => route.Services.Contains(service, StringComparer.OrdinalIgnoreCase)) ?? Route;

    /// <summary>Addresses.</summary>
    public required RolloutEndpoints Endpoints { get; init; }
}
