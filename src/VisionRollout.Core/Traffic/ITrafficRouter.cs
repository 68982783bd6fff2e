namespace VisionRollout.Core.Traffic;

/// <summary>Reads and writes the route of one environment, or the routes that move together. Whatever else stands there stays as it is.</summary>
public interface ITrafficRouter
{
    /// <summary>Reads the route.</summary>
    Task<TrafficRoute> ReadAsync(CancellationToken token);

    /// <summary>Reads the route for a move back: of several, one that can't be read is left out and told when the others have moved
    /// (<see cref="TrafficRoute.Failure"/>).</summary>
    Task<TrafficRoute> ReadForWayBackAsync(CancellationToken token) => ReadAsync(token);

    /// <summary>Writes weights and the header route, provided that the route is still at <paramref name="seen"/>'s version.</summary>
    /// <param name="seen">The route as read.</param>
    /// <param name="weights">Share by colour, 0 to 1, adding up to 1 (the cluster stores whole per cent).</param>
    /// <param name="headerColour">Colour for requests with the canary header; null removes the header route.</param>
    /// <param name="isWayBack">Of several routes the last one moves first, and one that can't be moved does not hold the others up; otherwise they move
    /// in their order, and when one can't, those before it are put back.</param>
    /// <param name="token">Cancels.</param>
    /// <returns>The route as stored.</returns>
    /// <exception cref="Errors.RolloutException">Kind Conflict: the route has changed since it was read.</exception>
    Task<TrafficRoute> WriteAsync(TrafficRoute seen, IReadOnlyDictionary<string, double> weights, string? headerColour, bool isWayBack, CancellationToken token);
}
