using VisionRollout.Core.Clock;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Journal;
using VisionRollout.Core.Metrics;
using VisionRollout.Core.Plan;
using VisionRollout.Core.Workloads;

namespace VisionRollout.Core.Traffic;

/// <summary>The one move that canary, cutover, rollback and emergency stop share:
/// ready endpoints → record → write the route → read it back → observe the share → record.</summary>
/// <param name="router">The route.</param>
/// <param name="workloads">Who would receive the traffic.</param>
/// <param name="metrics">Where the share is observed; null when the environment has no metric server.</param>
/// <param name="clock">The rollout's clock.</param>
/// <param name="plan">The plan.</param>
public sealed class TrafficMover(ITrafficRouter router, IWorkloads workloads, IMetricSource? metrics, IRolloutClock clock, RolloutPlan plan)
{
    private const int Tries = 8;
    private const string NotConfirmed = "TrafficNotConfirmed";
    private static readonly TimeSpan ObservationLimit = TimeSpan.FromMinutes(3);

    // A pod that was moved to another node, or that the autoscaler has just made, is ready by then.
    private const int ReadyLooks = 5;
    private static readonly TimeSpan ReadyPause = TimeSpan.FromSeconds(15);

    /// <summary>Time between two observations of the share.</summary>
    public TimeSpan ObservationInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Called before every write that is no way back; throws when the rollout was stopped meanwhile. Null: nothing is asked.</summary>
    public Func<CancellationToken, Task>? BeforeWrite { get; init; }

    /// <summary>Fewest requests that an observed share needs.</summary>
    public double FewestRequests { get; init; } = 50;

    /// <summary>Moves the traffic and confirms it.</summary>
    /// <param name="target">Where it shall go.</param>
    /// <param name="record">Writes an entry to the journal; it is on disk when its task ends.</param>
    /// <param name="token">Cancels.</param>
    /// <exception cref="RolloutException">TrafficTargetNotReady, TrafficConflict or TrafficNotConfirmed.</exception>
    public async Task<TrafficMove> MoveAsync(TrafficTarget target, Func<JournalEntry, Task> record, CancellationToken token)
    {
        var unserved = target.IsWayBack ? await RequireWorthItAsync(target, token) : await RequireReadyAsync(target, token);
        var decided = await clock.GetNowAsync(token);
        var (before, stored, changed) = await WriteAsync(target, record, token);
        var (share, confirmation) = await ObserveAsync(target, before.Weights, token);
        var elapsed = await clock.GetNowAsync(token) - decided;
        await record(new TrafficMoved(before.Weights, target.Weights, target.HeaderColour, target.Reason, elapsed.TotalSeconds, share, confirmation));
        return new(stored, before.Weights, changed, elapsed, share, confirmation) { Unserved = unserved };
    }

    /// <summary>The failure of a move that meets a route which somebody else has written.</summary>
    /// <param name="route">The route as it stands.</param>
    /// <param name="own">Where it should stand.</param>
    /// <param name="wanted">Where it shall go; null when nothing is moved.</param>
    public static RolloutException Foreign(TrafficRoute route, IReadOnlyList<RouteState> own, RouteState? wanted) => new("RouteForeign", RolloutErrorKind.Conflict,
        $"{route.Kind} '{route.Name}' was written by somebody else{(route.Managers.Count > 0 ? $" (writers: {string.Join(", ", route.Managers)}{(route.ChangedAt is { } at ? $"; last at {at.UtcDateTime:u}" : "")})" : "")}: "
        + $"this rollout left it at {string.Join(" or ", own)}, it stands at {route}{(wanted is null ? "" : $", and shall go to {wanted}")}.",
        "Find out who it was and stop them. Then decide: put the route back, go on from where it stands with -Force, or take the rollout back with Undo-Rollout.", route.Name);

    private static bool Stands(TrafficRoute route, TrafficTarget target) => new RouteState(target.Weights, target.HeaderColour).Holds(route);

    /// <summary>Fails when a way back would be refused; nothing is moved.</summary>
    /// <exception cref="RolloutException">TrafficTargetNotReady.</exception>
    public Task RequireWayBackAsync(TrafficTarget target, CancellationToken token) => RequireWorthItAsync(target, token);

    /// <summary>A way back is refused only where it would make things worse: neither when nothing is moved, nor when the old colour serves better.</summary>
    private async Task<IReadOnlyList<string>> RequireWorthItAsync(TrafficTarget target, CancellationToken token)
    {
        var to = target.Weights.MaxBy(pair => pair.Value).Key;
        var from = plan.Colours.Other(to);
        var balance = await WayBackBalance.WeighAsync(to, from, plan, workloads, target.IsForced ? null : metrics, clock, token);
        if (target.IsForced || balance.IsWorthIt || (await router.ReadForWayBackAsync(token)).Weights.GetValueOrDefault(from) == 0) return balance.Unserved;
        throw new RolloutException("TrafficTargetNotReady", RolloutErrorKind.InvalidState,
            $"Traffic can't be moved back to {to}: it would serve {balance.Old:0.##} of {plan.Services.Count} services, {from} serves {balance.New:0.##}. {string.Join("; ", balance.Unserved)}.",
            $"Bring the pods of {to} up first (Watch-Deployment {to} shows why they aren't ready), or move back all the same with -Force.", to) { Trigger = "health" };
    }

    private async Task<IReadOnlyList<string>> RequireReadyAsync(TrafficTarget target, CancellationToken token)
    {
        foreach (var colour in target.Weights.Where(pair => pair.Value > 0).Select(pair => pair.Key).Append(target.HeaderColour).OfType<string>().Distinct())
        {
            var lacking = await FindLackingAsync(colour, token);
            for (var looks = 1; looks < ReadyLooks && lacking.Count > 0 && lacking.TrueForAll(item => item.Ready > 0); looks++)
            {
                await clock.WaitUntilAsync(await clock.GetNowAsync(token) + ReadyPause, token);
                if (BeforeWrite is not null) await BeforeWrite(token);
                lacking = await FindLackingAsync(colour, token);
            }

            if (lacking.Count == 0) continue;
            throw new RolloutException("TrafficTargetNotReady", RolloutErrorKind.InvalidState, $"Traffic can't be moved to {colour}: {string.Join(", ", lacking.Select(item => item.Text))}.",
                "Bring its pods up first (Watch-Deployment shows why they aren't ready).", colour) { Trigger = "health" };
        }

        return [];
    }

    private async Task<List<(int Ready, string Text)>> FindLackingAsync(string colour, CancellationToken token)
    {
        var present = await workloads.ListAsync(colour, token);
        return [.. plan.Services.Select(service => (service, workload: present.FirstOrDefault(item => item.Service == service.Name)))
            .Where(pair => pair.workload is null || pair.workload.Ready < Math.Max(1, pair.workload.Desired))
            .Select(pair => (pair.workload?.Ready ?? 0, $"{pair.service.Deployments[colour]} ({pair.workload?.Ready ?? 0} of {pair.workload?.Desired ?? 0} pods ready)"))];
    }

    private async Task<(TrafficRoute Before, TrafficRoute Stored, bool Changed)> WriteAsync(TrafficTarget target, Func<JournalEntry, Task> record, CancellationToken token)
    {
        var before = await ReadAsync(target, token);
        if (Stands(before, target)) return (before, before, false);
        if (!target.IsWayBack && target.Own.Count > 0 && !RouteState.AnyHolds(target.Own, before))
            throw Foreign(before, target.Own, new RouteState(target.Weights, target.HeaderColour));
        await record(new TrafficMoving(target.Weights, target.HeaderColour, target.Reason));
        for (var (attempt, seen) = (1, before); ; attempt++)
        {
            // After the intent stands in the journal: a stop that was asked for earlier is seen here, a later one finds the intent.
            if (!target.IsWayBack && BeforeWrite is not null) await BeforeWrite(token);
            try
            {
                await router.WriteAsync(seen, target.Weights, target.HeaderColour, target.IsWayBack, token);
                break;
            }
            catch (RolloutException conflict) when (conflict.Kind == RolloutErrorKind.Conflict && attempt < Tries)
            {
                // Somebody wrote the object in between. What is ours is computed again from a fresh read, unless it was the weights that were written.
                seen = await ReadAsync(target, token);
                IReadOnlyList<RouteState> left = [.. (before.Parts.Count > 0 ? before.Parts : [before]).Select(part => new RouteState(part.Weights, part.HeaderColour))];
                if (!target.IsWayBack && target.Own.Count > 0 && !RouteState.AnyHolds(left, seen)) throw Foreign(seen, left, new RouteState(target.Weights, target.HeaderColour));
            }
        }

        var stored = await router.ReadAsync(token);
        if (Stands(stored, target)) return (before, stored, true);
        throw new RolloutException("TrafficConflict", RolloutErrorKind.Conflict,
            $"{stored.Kind} '{stored.Name}' was changed by somebody else right after it was written: it stands at {stored} instead of {new RouteState(target.Weights, target.HeaderColour)} (writers: {string.Join(", ", stored.Managers)}).",
            "Stop the other writer (GitOps, an operator, a colleague), then run the step again.", stored.Name) { Trigger = "traffic" };
    }

    private Task<TrafficRoute> ReadAsync(TrafficTarget target, CancellationToken token) => target.IsWayBack ? router.ReadForWayBackAsync(token) : router.ReadAsync(token);

    private async Task<(double? Share, string Confirmation)> ObserveAsync(TrafficTarget target, IReadOnlyDictionary<string, double> before, CancellationToken token)
    {
        if (metrics is null) return (null, "route read back; the share was not observed: the environment has no metric server");
        var gaining = Gaining(target, before);
        var start = await clock.GetNowAsync(token);
        try
        {
            return await ObserveAsync(gaining, target.Weights[gaining], start, token);
        }
        catch (RolloutException cause) when (cause.Kind is RolloutErrorKind.Unavailable || (target.IsWayBack && cause.Id != NotConfirmed))
        {
            return (null, $"route read back; the share was not observed: {cause.Message}");
        }
    }

    // Where nothing is moved (the route stood already), the colour that the move is about: the canary, else the one that serves.
    private static string Gaining(TrafficTarget target, IReadOnlyDictionary<string, double> before)
    {
        var (colour, weight) = target.Weights.MaxBy(pair => pair.Value - before.GetValueOrDefault(pair.Key));
        if (weight > before.GetValueOrDefault(colour)) return colour;
        return target.HeaderColour is { } canary && target.Weights.ContainsKey(canary) ? canary : target.Weights.MaxBy(pair => pair.Value).Key;
    }

    private async Task<(double? Share, string Confirmation)> ObserveAsync(string gaining, double weight, DateTimeOffset start, CancellationToken token)
    {
        var colours = plan.Services.SelectMany(service => service.Deployments).ToDictionary(pair => pair.Value, pair => pair.Key);
        MetricReading? from = null;
        string? last = null;
        for (var now = start; now - start < ObservationLimit; now = await clock.GetNowAsync(token))
        {
            var reading = await metrics!.ReadAsync([.. colours.Keys], now, token);
            if (from is not null)
            {
                var counts = RequestDelta.Between(from, reading);
                var total = counts.Values.Sum();
                var hits = counts.Where(pair => colours.GetValueOrDefault(pair.Key) == gaining).Sum(pair => pair.Value);
                if (total >= FewestRequests)
                {
                    last = $"{gaining} received {hits / total:P2} of {total:0} requests";
                    if (ShareTest.Agrees(hits, total, weight)) return (hits / total, $"route read back; {last}");
                    from = reading; // what came before the data plane had taken the weights must not count for ever
                }
            }
            else
            {
                from = reading;
            }

            await clock.WaitUntilAsync(now + ObservationInterval, token);
        }

        if (last is null) return (null, "route read back; no requests were seen in 3 min, so the share is not known");
        throw new RolloutException(NotConfirmed, RolloutErrorKind.Timeout, $"The route says {weight:P0} for {gaining}, but {last} in the last interval, {ObservationLimit.TotalMinutes:0} min after the change.",
            "Check that the gateway's proxies take their configuration (istioctl proxy-status).", gaining) { Trigger = "traffic" };
    }
}
