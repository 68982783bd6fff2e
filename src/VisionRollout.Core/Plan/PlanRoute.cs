namespace VisionRollout.Core.Plan;

/// <summary>The object that splits the traffic.</summary>
public sealed record PlanRoute
{
    /// <summary><c>VirtualService</c> (Istio) or <c>HTTPRoute</c> (Gateway API).</summary>
    public required string Kind { get; init; }

    /// <summary>Name of the object.</summary>
    public required string Name { get; init; }

    /// <summary>Kubernetes Service (destination host) by colour.</summary>
    public required IReadOnlyDictionary<string, string> Hosts { get; init; }

    /// <summary>Subset of a DestinationRule by colour, where both colours share a host (VirtualService only); empty when each has its own.</summary>
    public IReadOnlyDictionary<string, string> Subsets { get; init; } = new Dictionary<string, string>();

    /// <summary>Services that are reached by this route, where it is one of several; empty for the environment's own route, which has all the others.</summary>
    public IReadOnlyList<string> Services { get; init; } = [];

    /// <summary>Destination port.</summary>
    public int Port { get; init; } = 80;

    /// <summary>Request header that leads to the new colour at any weight.</summary>
    public string Header { get; init; } = "canary";

    /// <summary>Value of that header.</summary>
    public string HeaderValue { get; init; } = "true";
}
