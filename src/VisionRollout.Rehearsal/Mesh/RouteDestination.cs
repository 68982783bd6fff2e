namespace VisionRollout.Rehearsal.Mesh;

/// <summary>Where a route sends a share of its requests.</summary>
/// <param name="Host">The Kubernetes Service.</param>
/// <param name="Subset">The subset of its DestinationRule, or null for all.</param>
/// <param name="Weight">The weight, relative to the rule's other destinations; 0 sends nothing.</param>
internal sealed record RouteDestination(string Host, string? Subset, int Weight);
