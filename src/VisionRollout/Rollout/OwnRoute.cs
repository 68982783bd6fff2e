using VisionRollout.Core.Errors;
using VisionRollout.Core.State;
using VisionRollout.Core.Traffic;

namespace VisionRollout;

/// <summary>Which states of the route are this rollout's own; whatever else stands there was written by somebody else.</summary>
internal static class OwnRoute
{
    /// <summary>Where the journal says the route stands: after the last confirmed move, or after one that a crash left unconfirmed.</summary>
    public static IReadOnlyList<RouteState> Of(RolloutState state)
    {
        var confirmed = state.Traffic is { } moved ? new RouteState(moved.Weights, moved.HeaderColour)
            : new RouteState(new Dictionary<string, double> { [state.Started.FromColour] = 1, [state.Started.ToColour] = 0 }, null, IsAnyHeader: true);
        return state.Moving is { } moving ? [confirmed, new RouteState(moving.Weights, moving.HeaderColour)] : [confirmed];
    }

    /// <summary>Ends the caller when somebody else has moved the traffic.</summary>
    /// <exception cref="RolloutException">RouteForeign.</exception>
    public static async Task RequireAsync(RolloutSession session, CancellationToken token)
    {
        var own = Of(await session.StateAsync(token));
        var route = await session.World.Router.ReadAsync(token);
        if (!RouteState.AnyHolds(own, route)) throw TrafficMover.Foreign(route, own, null);
    }
}
