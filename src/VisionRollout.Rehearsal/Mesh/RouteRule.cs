namespace VisionRollout.Rehearsal.Mesh;

/// <summary>Requests that meet the condition go to the destinations by weight.</summary>
internal sealed record RouteRule(RouteMatch Match, IReadOnlyList<RouteDestination> Destinations)
{
    /// <summary>The sum of the weights.</summary>
    public int TotalWeight { get; } = Destinations.Sum(destination => destination.Weight);

    /// <summary>The destination for a draw from 0 (inclusive) to 1 (exclusive); null when no destination has weight.</summary>
    public RouteDestination? Choose(double draw)
    {
        var left = draw * TotalWeight;
        foreach (var destination in Destinations)
        {
            if (left < destination.Weight)
                return destination;
            left -= destination.Weight;
        }

        return Destinations.LastOrDefault(destination => destination.Weight > 0);
    }
}
