using VisionRollout.Rehearsal.Cluster;

namespace VisionRollout.Rehearsal.Faults;

/// <summary>Lets requests to the Kubernetes API fail as the active faults say.</summary>
internal sealed class ApiFaults(IActiveFaults faults, int seed) : IApiFaults, IFaultEffect, IDisposable
{
    private const double DefaultShare = 0.5;
    private const double DefaultDelayMilliseconds = 1000;
    private const double DefaultWatchSeconds = 2;
    private const int RetryAfterSeconds = 1;

    private readonly Lock gate = new();
    private readonly Random random = new(seed);
    private CancellationTokenSource openWatches = new();
    private CancellationTokenRegistration renewal;

    /// <inheritdoc/>
    public string Name => FaultNames.WatchDrop;

    /// <inheritdoc/>
    public CancellationToken WatchLifetime
    {
        get
        {
            lock (gate)
                return openWatches.Token;
        }
    }

    /// <inheritdoc/>
    public bool IsHistoryLost => faults.Active(FaultNames.WatchExpired).Count > 0;

    /// <inheritdoc/>
    public ApiFaultAction? Next(HttpContext context, string verb, string resource)
    {
        TimeSpan? delay = faults.Active(FaultNames.ApiSlow) is [.., var slow]
            ? TimeSpan.FromMilliseconds(slow.Magnitude ?? DefaultDelayMilliseconds)
            : null;
        if (faults.Active(FaultNames.ApiUnreachable).Count > 0)
            return new ApiFaultAction(delay, DropConnection: true);
        var action = Strikes(FaultNames.ApiExpired)
            ? new ApiFaultAction(delay, new ApiException(401, "Unauthorized", "Unauthorized"))
            : Strikes(FaultNames.ApiThrottle)
            ? new ApiFaultAction(delay, new ApiException(429, "TooManyRequests", "the server has received too many requests and has asked us to try again later"), RetryAfterSeconds)
            : Strikes(FaultNames.ApiError)
            ? new ApiFaultAction(delay, new ApiException(500, "InternalError", "Internal error occurred: etcdserver: request timed out"))
            : verb is "update" or "patch" && Strikes(FaultNames.ApiConflict)
            ? new ApiFaultAction(delay, new ApiException(409, "Conflict",
                $"Operation cannot be fulfilled on {resource}: the object has been modified; please apply your changes to the latest version and try again"))
            : null;
        return action ?? (delay is null ? null : new ApiFaultAction(delay));
    }

    /// <summary>Cuts the open watches, and from now on each new one after a while.</summary>
    public Task BeginAsync(ScheduledFault fault)
    {
        Cut(TimeSpan.FromSeconds(fault.Magnitude ?? DefaultWatchSeconds));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task EndAsync(ScheduledFault fault)
    {
        Cut(Timeout.InfiniteTimeSpan);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (gate)
            openWatches.Dispose();
    }

    private void Cut(TimeSpan next)
    {
        CancellationTokenSource cut;
        lock (gate)
        {
            cut = openWatches;
            // Only its own time renews it: a cut that renewed what another one has cut would cut that again.
            renewal.Unregister();
            openWatches = new CancellationTokenSource();
            renewal = next == Timeout.InfiniteTimeSpan ? default : openWatches.Token.Register(() => Renew(next));
            openWatches.CancelAfter(next);
        }

        cut.Cancel();
    }

    private void Renew(TimeSpan next)
    {
        if (faults.Active(FaultNames.WatchDrop).Count > 0)
            Cut(next);
    }

    private bool Strikes(string name)
    {
        if (faults.Active(name) is not [.., var fault])
            return false;
        lock (gate)
            return random.NextDouble() < (fault.Magnitude ?? DefaultShare);
    }
}
