using VisionRollout.Core.Errors;
using VisionRollout.Core.Leases;

namespace VisionRollout.Core.Traffic;

/// <summary>Several routes that move together. Forward in their order: when one can't be written, those before it are put back, so that all have moved or
/// none has. Back in the reverse order: each that can be moved is moved, whatever the others do.</summary>
/// <param name="routers">The routes, in the order in which they move forward.</param>
public sealed class RouteGroup(IReadOnlyList<ITrafficRouter> routers) : ITrafficRouter
{
    private static readonly TimeSpan PutBackLimit = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public async Task<TrafficRoute> ReadAsync(CancellationToken token) => Together(await Task.WhenAll(routers.Select(router => router.ReadAsync(token))));

    /// <inheritdoc/>
    public async Task<TrafficRoute> ReadForWayBackAsync(CancellationToken token)
    {
        var parts = await Task.WhenAll(routers.Select(router => TryReadAsync(router, token)));
        return Array.Find(parts, part => part.Failure is null) is null ? throw parts[0].Failure! : Together(parts);
    }

    /// <inheritdoc/>
    public async Task<TrafficRoute> WriteAsync(TrafficRoute seen, IReadOnlyDictionary<string, double> weights, string? headerColour, bool isWayBack, CancellationToken token)
    {
        var stored = seen.Parts.ToArray();
        await (isWayBack ? WriteBackAsync(stored, weights, headerColour, token) : WriteForwardAsync(stored, weights, headerColour, token));
        return Together(stored);
    }

    private async Task WriteForwardAsync(TrafficRoute[] stored, IReadOnlyDictionary<string, double> weights, string? headerColour, CancellationToken token)
    {
        var before = stored.ToArray();
        for (var index = 0; index < routers.Count; index++)
        {
            try
            {
                stored[index] = await routers[index].WriteAsync(before[index], weights, headerColour, isWayBack: false, token);
            }
            catch (Exception cause) when (cause is RolloutException or OperationCanceledException)
            {
                // Also when somebody cancels: half a move is none.
                var last = await HasMovedAllTheSameAsync(index, before, stored, weights, headerColour) ? index : index - 1;
                var left = await PutBackAsync(before, stored, last);
                if (left.Count > 0 && !IsTakenOver(cause))
                {
                    throw new RolloutException("RoutesHalfMoved", RolloutErrorKind.Failed,
                        $"Only some routes have moved: {cause.Message} {string.Join(" ", left)}",
                        "Get-Traffic shows where each stands; run the step again to move the rest, or take the rollout back with Undo-Rollout.", before[index].Name, cause) { Trigger = "traffic" };
                }

                throw;
            }
        }
    }

    // An answer that was lost, or a cancellation that came too late.
    private async Task<bool> HasMovedAllTheSameAsync(int index, TrafficRoute[] before, TrafficRoute[] stored, IReadOnlyDictionary<string, double> weights, string? headerColour)
    {
        var wanted = new RouteState(weights, headerColour);
        if (wanted.Holds(before[index])) return false;
        using var limit = new CancellationTokenSource(PutBackLimit);
        try
        {
            var found = await routers[index].ReadAsync(limit.Token);
            if (!wanted.Holds(found)) return false;
            stored[index] = found;
            return true;
        }
        catch (Exception cause) when (cause is RolloutException or OperationCanceledException)
        {
            return false; // it can't be told; the failure of the write says so
        }
    }

    private static async Task<TrafficRoute> TryReadAsync(ITrafficRouter router, CancellationToken token)
    {
        try
        {
            return await router.ReadAsync(token);
        }
        catch (RolloutException cause)
        {
            return new TrafficRoute { Kind = "", Name = cause.Target as string ?? "?", ResourceVersion = "", Weights = new Dictionary<string, double>(), Failure = cause };
        }
    }

    // Whoever has taken the rollout over, stopped it or takes it back puts all of them where they belong.
    private static bool IsTakenOver(Exception cause) => cause is LeaseLostException or RolloutStoppedException or RolloutException { Id: "RolloutEnded" };

    private async Task<List<string>> PutBackAsync(TrafficRoute[] before, TrafficRoute[] stored, int last)
    {
        List<string> left = [];
        using var limit = new CancellationTokenSource(PutBackLimit);
        for (var index = last; index >= 0; index--)
        {
            try
            {
                await routers[index].WriteAsync(stored[index], before[index].Weights, before[index].HeaderColour, isWayBack: true, limit.Token);
            }
            catch (Exception cause) when (cause is RolloutException or OperationCanceledException && !IsTakenOver(cause))
            {
                left.Add($"{before[index].Kind} '{before[index].Name}' could not be put back: {cause.Message}");
            }
        }

        return left;
    }

    private async Task WriteBackAsync(TrafficRoute[] stored, IReadOnlyDictionary<string, double> weights, string? headerColour, CancellationToken token)
    {
        List<RolloutException> failures = [];
        for (var index = routers.Count - 1; index >= 0; index--)
        {
            if (stored[index].Failure is { } unread)
            {
                failures.Add(unread);
                continue;
            }

            try
            {
                stored[index] = await routers[index].WriteAsync(stored[index], weights, headerColour, isWayBack: true, token);
            }
            catch (RolloutException cause)
            {
                failures.Add(cause);
            }
        }

        if (failures.Count == 0) return;
        // A conflict is worth another look at all of them; what has moved stands already.
        if (failures.Find(cause => cause.Kind == RolloutErrorKind.Conflict) is { } conflict) throw conflict;
        if (failures.Find(IsTakenOver) is { } ended) throw ended;
        throw new RolloutException(failures[0].Id, failures[0].Kind, $"{failures.Count} of {routers.Count} routes could not be moved back, the others are: {string.Join(" ", failures.Select(cause => cause.Message))}",
            failures[0].Remedy, failures[0].Target, failures[0]) { Trigger = "traffic" };
    }

    private static TrafficRoute Together(TrafficRoute[] parts)
    {
        var read = Array.FindAll(parts, part => part.Failure is null);
        var (first, newest) = (read[0], read.Where(part => part.ChangedAt is not null).MaxBy(part => part.ChangedAt));
        return new TrafficRoute
        {
            Kind = string.Join(" + ", read.Select(part => part.Kind).Distinct()),
            Name = string.Join(", ", parts.Select(part => part.Name)),
            ResourceVersion = string.Join(",", parts.Select(part => part.ResourceVersion)),
            Weights = read.SelectMany(part => part.Weights.Keys).Distinct().ToDictionary(colour => colour, colour => read.Average(part => part.Weights.GetValueOrDefault(colour))),
            HeaderColour = Array.TrueForAll(read, part => part.HeaderColour == first.HeaderColour) ? first.HeaderColour : null,
            Managers = [.. read.Where(part => part != newest).SelectMany(part => part.Managers).Concat(newest?.Managers ?? []).Distinct()],
            ChangedAt = newest?.ChangedAt,
            Parts = parts,
        };
    }
}
