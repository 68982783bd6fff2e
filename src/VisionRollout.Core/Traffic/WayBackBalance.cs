using VisionRollout.Core.Clock;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Metrics;
using VisionRollout.Core.Plan;
using VisionRollout.Core.Workloads;

namespace VisionRollout.Core.Traffic;

/// <summary>What a way back gains and what it loses: each service counts once, with the share of its requests that a colour answers well
/// (0 without a ready pod; 1 where it is ready and nothing else is known).</summary>
/// <param name="Old">Services that the old colour serves, 0 to the number of services.</param>
/// <param name="New">Services that the new colour serves.</param>
/// <param name="Unserved">Services that have no ready pod in the old colour, with what that means, for people.</param>
public sealed record WayBackBalance(double Old, double New, IReadOnlyList<string> Unserved)
{
    private const double FewestRequests = 20;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(2);

    /// <summary>True when the old colour serves at least as much as the new one.</summary>
    public bool IsWorthIt => Old >= New;

    /// <summary>Compares both colours by ready pods, and by the errors of the last two minutes where a service has none in the old colour.</summary>
    /// <param name="to">The old colour.</param>
    /// <param name="from">The new colour.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="workloads">Who could serve.</param>
    /// <param name="metrics">How well they serve; null when the environment has no metric server.</param>
    /// <param name="clock">The rollout's clock.</param>
    /// <param name="token">Cancels.</param>
    public static async Task<WayBackBalance> WeighAsync(string to, string from, RolloutPlan plan, IWorkloads workloads, IMetricSource? metrics, IRolloutClock clock, CancellationToken token)
    {
        var present = (await workloads.ListAsync(null, token)).ToDictionary(item => (item.Service, item.Colour));
        var lacking = plan.Services.Where(service => Ready(present, service, to) == 0).ToList();
        if (lacking.Count == 0) return new(plan.Services.Count, plan.Services.Count, []);

        var success = await SuccessAsync(metrics, plan, clock, token);
        double Serves(PlanService service, string colour) =>
            Ready(present, service, colour) == 0 ? 0 : success.GetValueOrDefault(service.Deployments[colour], 1);
        return new(plan.Services.Sum(service => Serves(service, to)), plan.Services.Sum(service => Serves(service, from)),
            [.. lacking.Select(service => Describe(service, to, from, present))]);
    }

    private static int Ready(Dictionary<(string, string), Workload> present, PlanService service, string colour) => present.GetValueOrDefault((service.Name, colour))?.Ready ?? 0;

    private static string Describe(PlanService service, string to, string from, Dictionary<(string, string), Workload> present)
    {
        string Pods(string colour) => $"{service.Deployments[colour]} has {Ready(present, service, colour)} of {present.GetValueOrDefault((service.Name, colour))?.Desired ?? 0} pods ready";
        return $"{service.Name}: nobody serves it in {to} ({Pods(to)}), "
            + (Ready(present, service, from) == 0 ? $"nor in {from}" : $"though {from} would ({Pods(from)})");
    }

    /// <summary>Share of requests that were answered well, by Deployment; those with too few requests are left out.</summary>
    private static async Task<Dictionary<string, double>> SuccessAsync(IMetricSource? metrics, RolloutPlan plan, IRolloutClock clock, CancellationToken token)
    {
        if (metrics is null) return [];
        var deployments = plan.Services.SelectMany(service => service.Deployments.Values).ToList();
        var now = await clock.GetNowAsync(token);
        try
        {
            var earlier = await metrics.ReadAsync(deployments, now - Window, token);
            var later = await metrics.ReadAsync(deployments, now, token);
            var errors = RequestDelta.ErrorsBetween(earlier, later);
            return RequestDelta.Between(earlier, later).Where(pair => pair.Value >= FewestRequests)
                .ToDictionary(pair => pair.Key, pair => Math.Clamp(1 - (errors.GetValueOrDefault(pair.Key) / pair.Value), 0, 1));
        }
        catch (RolloutException)
        {
            return []; // whatever the metric server has against it, ready pods decide alone
        }
    }
}
