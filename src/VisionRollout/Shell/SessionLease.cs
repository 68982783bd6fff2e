using VisionRollout.Core.Errors;
using VisionRollout.Core.Journal;
using VisionRollout.Core.Leases;
using VisionRollout.Core.State;

namespace VisionRollout.Shell;

/// <summary>One session's hold on its environment's lease: gets it, gives it back, and keeps a session whose lease went to another one from writing.</summary>
/// <param name="session">The session.</param>
internal sealed class SessionLease(RolloutSession session) : IDisposable
{
    private static readonly TimeSpan TakeOverGrace = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(200);
    private readonly SemaphoreSlim leasing = new(1, 1);
    private volatile HeldLease? lease;

    /// <summary>True when this session has the lease, as far as it knows.</summary>
    public bool IsHeld => lease is { IsLost: false };

    /// <summary>Makes sure that this session holds the environment's lease, and gets it where it doesn't: by waiting out a silent holder, or
    /// at once with <paramref name="takeOver"/>.</summary>
    /// <param name="takeOver">Takes it also from a holder that lives, and back when it was lost.</param>
    /// <param name="shell">Told what is waited for; null for nobody.</param>
    /// <param name="token">Cancels.</param>
    /// <exception cref="LeaseHeldException">Somebody else holds it and lives.</exception>
    public async Task AcquireAsync(bool takeOver, IShell? shell, CancellationToken token)
    {
        await leasing.WaitAsync(token);
        try
        {
            if (lease is { IsLost: false } mine && await IsOursAsync(mine, token)) return;
            if (lease is { } lost) await lost.DisposeAsync();
            lease = null;
            var request = new LeaseRequest(session.Environment.Name, await session.World.Objects.WhoAmIAsync(token), session.LeaseDuration)
            {
                TakeOver = takeOver,
                OnWait = text => shell?.Progress("Waiting for the lease", text),
            };
            lease = await new LeaseAcquisition(session.World.Leases, TimeProvider.System).AcquireAsync(request, token);
            shell?.Progress("Waiting for the lease", "", done: true);
            try
            {
                await FenceRouteAsync(lease, takeOver, token);
                await RecordAsync(token, takeOver);
            }
            catch
            {
                // Held by a session that does nothing with it, it would keep away whoever can.
                await ReleaseAsync();
                throw;
            }
        }
        finally
        {
            leasing.Release();
        }
    }

    // Each write asks for the lease anyway; where the route itself can't be written, the way back will say so.
    private async Task FenceRouteAsync(HeldLease taken, bool anyway, CancellationToken token)
    {
        if (taken.TakenFrom is null) return;
        try
        {
            await session.World.FenceRouteAsync(taken.Fence, token);
        }
        catch (RolloutException cause) when (anyway && cause is not LeaseLostException)
        {
            session.Troubles.Enqueue($"A write that the holder before has begun could not be fenced off: {cause.Message}");
        }
    }

    /// <summary>Notes in the journal, and at the lease, that this session runs the rollout.</summary>
    /// <param name="token">Cancels.</param>
    /// <param name="anyway">Goes on when the journal can't be written.</param>
    public async Task RecordAsync(CancellationToken token, bool anyway = false)
    {
        if (lease is not { } mine || await session.FindStateAsync(token) is not { Completed: null } state || state.Lease?.Fence == mine.Fence) return;
        var entry = new LeaseAcquired(mine.Fence, mine.Record.Holder!.Identity, mine.TakenFrom?.Describe() ?? "");
        await (anyway ? session.RecordOrKeepAsync(entry, token) : session.RecordAsync(entry, token));
        try
        {
            await mine.NameAsync(state.Started.Id, token);
        }
        catch (RolloutException cause) when (anyway && cause is not LeaseLostException)
        {
            // The name is for people.
        }
    }

    /// <summary>Forgets a lease that somebody else has got meanwhile: whoever stops a rollout or takes it back gets it anew, and is not held up by the loss.</summary>
    public async Task ForgetLostAsync(CancellationToken token)
    {
        if (lease is not { } mine) return;
        try
        {
            if (!mine.IsLost && await IsOursAsync(mine, token)) return;
        }
        catch (RolloutException cause) when (cause is not LeaseLostException)
        {
            return; // whoever holds it can't be told now; the next write asks again
        }

        lease = null;
        await mine.DisposeAsync();
    }

    /// <summary>True when somebody else holds the environment's lease, or when that can't be told.</summary>
    public async Task<bool> IsElsewhereAsync(CancellationToken token)
    {
        try
        {
            return (await session.World.Leases.ReadAsync(token))?.Holder is not null;
        }
        catch (RolloutException)
        {
            return true;
        }
    }

    /// <summary>Gives the environment's lease back.</summary>
    public async Task ReleaseAsync()
    {
        var held = lease;
        lease = null;
        if (held is not null) await held.DisposeAsync();
    }

    /// <summary>Before everything that changes the environment. A session that has no lease yet gets it here.</summary>
    public async Task RequireAsync(CancellationToken token)
    {
        if (lease is not { } mine)
        {
            await AcquireAsync(takeOver: false, shell: null, token);
            return;
        }

        try
        {
            await mine.RequireAsync(token);
        }
        catch (LeaseLostException)
        {
            await session.ThrowIfStoppedAsync(token); // that somebody stopped the rollout says more
            throw;
        }
    }

    /// <summary>A session whose lease went to another one appends nothing more, except to one that is stopped or taken back, whose story may be told to its end.</summary>
    public RolloutJournal Guard(RolloutJournal chosen)
    {
        chosen.BeforeAppend = past =>
        {
            if (lease is not { } mine) return;
            if (past.Any(record => record.Entry is StopRequested)) return;
            if (past.LastOrDefault(record => record.Entry is RollbackRequested or RollbackRefused) is { Entry: RollbackRequested }) return;
            if (past.LastOrDefault(record => record.Entry is LeaseAcquired) is { Entry: LeaseAcquired newest } && newest.Fence > mine.Fence) mine.Lose(newest.Holder);
            mine.ThrowIfLost();
        };
        return chosen;
    }

    /// <summary>Ends the caller when another session runs the rollout by now.</summary>
    /// <param name="state">The rollout, as it was seen last.</param>
    /// <param name="token">Cancels.</param>
    /// <exception cref="LeaseLostException">Another session runs it.</exception>
    public async Task ThrowIfLostAsync(RolloutState? state, CancellationToken token)
    {
        if (lease is not { } mine) return;
        if (state is { Completed: null, Lease: { } newest } && newest.Fence > mine.Fence) mine.Lose(newest.Holder);
        // Whoever has taken over may be taking the rollout back right now: that says more.
        for (var since = TimeProvider.System.GetTimestamp(); mine.IsLost && TimeProvider.System.GetElapsedTime(since) < TakeOverGrace;)
        {
            await Task.Delay(LookInterval, token);
            RolloutSession.ThrowIfEnded(await session.FindStateAsync(token));
        }

        mine.ThrowIfLost();
    }

    /// <inheritdoc/>
    public void Dispose() => leasing.Dispose();

    private static async Task<bool> IsOursAsync(HeldLease mine, CancellationToken token)
    {
        try
        {
            await mine.RequireAsync(token);
            return true;
        }
        catch (LeaseLostException)
        {
            return false;
        }
    }
}
