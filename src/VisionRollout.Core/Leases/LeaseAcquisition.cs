namespace VisionRollout.Core.Leases;

/// <summary>Gets the lease of an environment: at once when it is free, when its holder's process is known to have ended, or when it is taken over on
/// purpose; else after the holder has been silent for the lease's whole duration, by this machine's own clock. Clocks of two machines are never
/// compared: what counts is whether the stored lease changes while we look (as in Kubernetes' leader election, client-go's leaderelection).</summary>
/// <param name="store">Where the lease is kept.</param>
/// <param name="time">Real time, never a rehearsal's.</param>
public sealed class LeaseAcquisition(ILeaseStore store, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan ConflictPause = TimeSpan.FromMilliseconds(100);

    /// <summary>Gets the lease.</summary>
    /// <exception cref="LeaseHeldException">Its holder lives.</exception>
    public async Task<HeldLease> AcquireAsync(LeaseRequest request, CancellationToken token)
    {
        var holder = LeaseHolder.New();
        LeaseRecord? first = null;
        var seenAt = time.GetTimestamp();
        while (true)
        {
            var found = await store.ReadAsync(token);
            first ??= found;
            if (IsFree(found, holder) || request.TakeOver || (first == found && time.GetElapsedTime(seenAt) >= found!.Duration))
            {
                if (await TakeAsync(request, holder, found, token) is { } taken) return taken;
                // Somebody else wrote in between: the next look shows who it was.
                await Task.Delay(ConflictPause, time, token);
                continue;
            }

            if (first != found) throw new LeaseHeldException(request.Environment, found!.Describe());
            var left = found!.Duration - time.GetElapsedTime(seenAt);
            request.OnWait?.Invoke($"{found.Describe()}; if it stays silent, it is taken over in {Math.Max(1, left.TotalSeconds):0} s");
            await Task.Delay(left > TimeSpan.Zero && left < Pause ? left : Pause, time, token);
        }
    }

    private static bool IsFree(LeaseRecord? found, LeaseHolder holder) =>
        found?.Holder is not { } other || other.Identity == holder.Identity || other.IsGone();

    private async Task<HeldLease?> TakeAsync(LeaseRequest request, LeaseHolder holder, LeaseRecord? found, CancellationToken token)
    {
        var now = time.GetUtcNow();
        var wanted = new LeaseRecord
        {
            Name = store.Name, Holder = holder, User = request.User, Rollout = "", Fence = (found?.Fence ?? 0) + 1,
            AcquiredAt = now, RenewedAt = now, Duration = request.Duration, ResourceVersion = found?.ResourceVersion,
        };
        var stored = await store.WriteAsync(wanted, token);
        if (stored is null)
        {
            // An answer that was lost: what was wanted stands there.
            stored = await store.ReadAsync(token);
            if (!wanted.IsSameHoldingAs(stored)) return null;
        }

        return new HeldLease(store, request.Environment, stored!, found?.Holder is null || found.IsSameHoldingAs(stored) ? null : found, time);
    }
}
