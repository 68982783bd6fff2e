using VisionRollout.Core.Plan;
using VisionRollout.Core.Workloads;

namespace VisionRollout.Core.Traffic;

/// <summary>How long a way back would take if it began now.</summary>
/// <param name="Move">Route change and confirmation: the longest of the rollout's moves so far, half a minute before the first.</param>
/// <param name="Readiness">Until every service of the old colour has all its pods; zero when it has, null when it can't be told.</param>
/// <param name="Reason">What it depends on, for people.</param>
public sealed record RollbackForecast(TimeSpan Move, TimeSpan? Readiness, string Reason)
{
    /// <summary>Before the first move: two looks at the metric server.</summary>
    private static readonly TimeSpan FirstMove = TimeSpan.FromSeconds(30);

    /// <summary>Both together; null when it can't be told.</summary>
    public TimeSpan? Total => Readiness is { } readiness ? Move + readiness : null;

    /// <summary>True when it is known to be possible in the time that the plan allows.</summary>
    public bool Fits(TimeSpan budget) => Total is { } total && total <= budget;

    /// <summary>The total for people.</summary>
    public override string ToString() => Total is { } total ? total < TimeSpan.FromMinutes(2) ? $"{total.TotalSeconds:0} s" : $"{total.TotalMinutes:0.#} min" : "not known";

    /// <summary>Computes it.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="colour">The old colour.</param>
    /// <param name="workloads">Deployments, of that colour at least.</param>
    /// <param name="pods">Pods of that colour; looked at when some are missing.</param>
    /// <param name="slowestMove">The longest move of the rollout so far; null before the first.</param>
    public static RollbackForecast Compute(RolloutPlan plan, string colour, IReadOnlyList<Workload> workloads, IReadOnlyList<PodState> pods, TimeSpan? slowestMove)
    {
        var move = slowestMove ?? FirstMove;
        var lacking = plan.Services.Select(service => (Service: service, Workload: workloads.FirstOrDefault(item => item.Service == service.Name && item.Colour == colour)))
            .Where(pair => pair.Workload is null || pair.Workload.Ready < Math.Max(1, pair.Workload.Desired)).ToList();
        if (lacking.Count == 0) return new(move, TimeSpan.Zero, $"all pods of {colour} are ready");

        var names = string.Join(", ", lacking.Select(pair => $"{pair.Service.Deployments[colour]} has {pair.Workload?.Ready ?? 0} of {pair.Workload?.Desired ?? 0} pods ready"));
        if (lacking.FirstOrDefault(pair => pair.Workload is null or { Desired: 0 } || pair.Workload.Stalled.Length > 0 || IsStuck(pair.Workload, pods)) is { Service: not null } hopeless)
            return new(move, null, $"{hopeless.Service.Deployments[colour]} does not come up by itself: {names}");
        var startups = pods.Where(pod => pod.Colour == colour).Select(StartUp).OfType<TimeSpan>().Order().ToList();
        return startups.Count == 0
            ? new(move, null, $"no pod of {colour} shows how long it takes to start: {names}")
            : new(move, startups[startups.Count / 2], $"a pod of {colour} takes {startups[startups.Count / 2].TotalSeconds:0} s to start: {names}");
    }

    private static TimeSpan? StartUp(PodState pod) => pod.Ready && pod.ReadyAt - pod.CreatedAt is { } span && span >= TimeSpan.Zero ? span : null;

    private static bool IsStuck(Workload workload, IReadOnlyList<PodState> pods) =>
        pods.Any(pod => pod.Deployment == workload.Deployment && !pod.Ready && (pod.Restarts > 2 || pod.Waiting.Contains("BackOff", StringComparison.Ordinal) || pod.Waiting.StartsWith("Unschedulable", StringComparison.Ordinal)));
}
