namespace VisionRollout.Core.Traffic;

/// <summary>A state of the route that the rollout itself has made or found.</summary>
/// <param name="Weights">Share by colour, 0 to 1.</param>
/// <param name="HeaderColour">Colour of the header route; null for none.</param>
/// <param name="IsAnyHeader">True when nobody has noted the header route.</param>
public sealed record RouteState(IReadOnlyDictionary<string, double> Weights, string? HeaderColour, bool IsAnyHeader = false)
{
    /// <summary>True when the route stands so; of several that move together, every one.</summary>
    public bool Holds(TrafficRoute route) => route.Parts.Count > 0 ? route.Parts.All(HoldsOne) : HoldsOne(route);

    /// <summary>True when the route stands in one of these states; of several that move together, every one in any of them, as a move that was broken off leaves them.</summary>
    public static bool AnyHolds(IReadOnlyList<RouteState> states, TrafficRoute route) =>
        route.Parts.Count > 0 ? route.Parts.All(part => AnyHolds(states, part)) : states.Any(state => state.HoldsOne(route));

    private bool HoldsOne(TrafficRoute route) => route.Failure is null
        && (IsAnyHeader || route.HeaderColour == HeaderColour)
        && Weights.All(pair => Math.Abs(route.Weights.GetValueOrDefault(pair.Key) - pair.Value) < 1e-6)
        && route.Weights.All(pair => Math.Abs(Weights.GetValueOrDefault(pair.Key) - pair.Value) < 1e-6);

    /// <summary>The state for people.</summary>
    public override string ToString() => string.Join(", ", Weights.Select(pair => $"{pair.Key} {pair.Value:P0}"))
        + (IsAnyHeader ? "" : HeaderColour is null ? ", no header route" : $", header to {HeaderColour}");
}
