using VisionRollout.Core.Evidence;

namespace VisionRollout.Core.Traffic;

/// <summary>A confirmed move of traffic.</summary>
/// <param name="Route">The route as it stands now.</param>
/// <param name="From">Share by colour before.</param>
/// <param name="Changed">False when the route already stood as wanted.</param>
/// <param name="Elapsed">From the decision to the confirmation, by the rollout's clock.</param>
/// <param name="ObservedShare">Share of requests at the colour that gained; null when it could not be observed.</param>
/// <param name="Confirmation">How it was confirmed.</param>
public sealed record TrafficMove(TrafficRoute Route, IReadOnlyDictionary<string, double> From, bool Changed, TimeSpan Elapsed, double? ObservedShare, string Confirmation)
{
    /// <summary>Services that nobody serves where the traffic is now, with the reason; empty when all are served.</summary>
    public IReadOnlyList<string> Unserved { get; init => field = IndexedList.Of(value); } = [];
}
