namespace VisionRollout.Core.Traffic;

/// <summary>Where traffic shall go.</summary>
/// <param name="Weights">Share by colour, 0 to 1, adding up to 1.</param>
/// <param name="HeaderColour">Colour for requests with the canary header; null: no header route.</param>
/// <param name="Reason">Why, for the journal.</param>
/// <param name="IsWayBack">True for a rollback: one ready pod per service is enough, since waiting for more costs more than it saves; and where
/// a service has none, both colours are compared (<see cref="WayBackBalance"/>).</param>
public sealed record TrafficTarget(IReadOnlyDictionary<string, double> Weights, string? HeaderColour, string Reason, bool IsWayBack = false)
{
    /// <summary>States of the route that are our own: from any other one a move forward is refused, because somebody else has written it.
    /// Empty: any state will do.</summary>
    public IReadOnlyList<RouteState> Own { get; init; } = [];

    /// <summary>Moves back even though the new colour serves better: somebody has decided so.</summary>
    public bool IsForced { get; init; }
}
