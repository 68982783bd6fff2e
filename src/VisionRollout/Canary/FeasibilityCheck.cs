using VisionRollout.Core.Canary;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Metrics;
using VisionRollout.Core.Plan;

namespace VisionRollout;

/// <summary>Forecasts from the live counters whether the plan's canary can be decided.</summary>
internal sealed class FeasibilityCheck(RolloutSession session, RolloutPlan plan)
{
    // The longest that the metric server remembers: a young one has no five minutes to look back on.
    private static readonly TimeSpan[] Windows = [TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(1)];

    /// <summary>One answer for each stage.</summary>
    /// <exception cref="RolloutException">FeasibilityUnknown: there are no usable counters of the live version.</exception>
    public async Task<IReadOnlyList<StageFeasibility>> StagesAsync(CancellationToken token)
    {
        var live = (await session.World.Router.ReadAsync(token)).LiveColour;
        var deployments = plan.Services.ToDictionary(service => service.Deployments[live], _ => live);
        var now = await session.NowAsync(token);
        var counters = new CounterTracker(deployments);
        counters.Advance(await BeginAsync(deployments.Keys, now, token));
        var interval = counters.Advance(await session.World.Metrics.ReadAsync(deployments.Keys, now, token));
        if (interval.Problems.Count > 0)
        {
            throw new RolloutException("FeasibilityUnknown", RolloutErrorKind.InvalidState, $"Whether the canary can be decided is not known: {string.Join(' ', interval.Problems.Take(3))}{(interval.Problems.Count > 3 ? $" (and {interval.Problems.Count - 3} more)" : "")}",
                "Repair the metrics of the live version first: without them no canary stage is ever decided.", live);
        }

        return new CanaryFeasibility(plan.Canary, interval.Colours[live], interval.Length!.Value).Stages();
    }

    private async Task<MetricReading> BeginAsync(IReadOnlyCollection<string> deployments, DateTimeOffset now, CancellationToken token)
    {
        MetricReading reading = null!;
        foreach (var window in Windows)
        {
            reading = await session.World.Metrics.ReadAsync(deployments, now - window, token);
            if (reading.Problems.Count == 0) break;
        }

        return reading;
    }
}
