using VisionRollout.Core.Errors;

namespace VisionRollout.Core.Leases;

/// <summary>A lease that this session holds: renewed in the background until it is disposed or lost.</summary>
public sealed class HeldLease : IAsyncDisposable
{
    private const int Tries = 5;
    private static readonly TimeSpan ReleaseLimit = TimeSpan.FromSeconds(5);

    private readonly ILeaseStore store;
    private readonly string environment;
    private readonly TimeProvider time;
    private readonly CancellationTokenSource end = new();
    private readonly SemaphoreSlim gate = new(1, 1);
    private readonly Task renewing;
    private volatile LeaseRecord held;
    private volatile string? lostTo;
    private bool disposed;

    internal HeldLease(ILeaseStore store, string environment, LeaseRecord held, LeaseRecord? takenFrom, TimeProvider time)
    {
        this.store = store;
        this.environment = environment;
        this.held = held;
        this.time = time;
        TakenFrom = takenFrom;
        renewing = Task.Run(RenewAsync);
    }

    /// <summary>The lease as it was last stored.</summary>
    public LeaseRecord Record => held;

    /// <summary>Fencing number.</summary>
    public long Fence => held.Fence;

    /// <summary>The holder that had not given it back; null when it was free.</summary>
    public LeaseRecord? TakenFrom { get; }

    /// <summary>True when somebody else has it.</summary>
    public bool IsLost => lostTo is not null;

    /// <summary>Reads the lease and makes sure that it is still ours.</summary>
    /// <exception cref="LeaseLostException">It is somebody else's.</exception>
    public async Task RequireAsync(CancellationToken token)
    {
        if (!IsLost) Compare(await store.ReadAsync(token));
        ThrowIfLost();
    }

    /// <summary>Ends the caller when the lease is known to be lost; asks nobody.</summary>
    /// <exception cref="LeaseLostException">It is somebody else's.</exception>
    public void ThrowIfLost()
    {
        if (lostTo is { } taker) throw new LeaseLostException(environment, Fence, taker);
    }

    /// <summary>Notes that somebody else has it, as the journal tells.</summary>
    /// <param name="taker">Who has it, for people.</param>
    public void Lose(string taker) => lostTo ??= taker;

    /// <summary>Tells others which rollout it is held for.</summary>
    public Task NameAsync(string rollout, CancellationToken token) => StoreAsync(lease => lease with { Rollout = rollout }, token);

    /// <summary>Stops renewing and gives the lease back, when it is still ours and the store answers; else its time ends it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (disposed) return;
        disposed = true;
        await end.CancelAsync();
        await renewing;
        using var limit = new CancellationTokenSource(ReleaseLimit);
        try
        {
            if (!IsLost) await StoreAsync(lease => lease with { Holder = null, Rollout = "" }, limit.Token);
        }
        catch (Exception error) when (error is RolloutException or OperationCanceledException or ObjectDisposedException)
        {
            // The cluster does not answer: others take the lease after its time, or at once when this process has ended.
        }

        end.Dispose();
        gate.Dispose();
    }

    private async Task RenewAsync()
    {
        try
        {
            while (!IsLost)
            {
                await Task.Delay(held.Duration / 3, time, end.Token);
                try
                {
                    await StoreAsync(lease => lease, end.Token);
                }
                catch (RolloutException)
                {
                    // The cluster does not answer, so nothing can be written to it either: it is tried again in a moment.
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Given back.
        }
    }

    private async Task StoreAsync(Func<LeaseRecord, LeaseRecord> change, CancellationToken token)
    {
        await gate.WaitAsync(token);
        try
        {
            for (var attempt = 1; attempt <= Tries && !IsLost; attempt++)
            {
                if (await store.WriteAsync(change(held) with { RenewedAt = time.GetUtcNow() }, token) is { } stored)
                {
                    held = stored;
                    return;
                }

                var found = await store.ReadAsync(token);
                if (Compare(found)) held = found!;
            }
        }
        finally
        {
            gate.Release();
        }
    }

    private bool Compare(LeaseRecord? found)
    {
        if (held.IsSameHoldingAs(found)) return true;
        Lose(found?.Describe() ?? $"nobody: lease '{held.Name}' was deleted");
        return false;
    }
}
