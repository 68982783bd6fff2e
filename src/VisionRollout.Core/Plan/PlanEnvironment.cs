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

    /// <summary>Addresses.</summary>
    public required RolloutEndpoints Endpoints { get; init; }
}
