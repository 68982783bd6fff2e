using VisionRollout.Core.Leases;

namespace VisionRollout.Core.Tests.Leases;

/// <summary>A lease in memory with compare-and-swap, as the API server keeps it.</summary>
internal sealed class StoredLease : ILeaseStore
{
    private readonly Lock gate = new();
    private long version;

    public string Name => "visionrollout-production";

    public LeaseRecord? Stored { get; private set; }

    /// <summary>Answers to writes that get lost on the way, although the write was carried out.</summary>
    public int LostAnswers { get; set; }

    public Task<LeaseRecord?> ReadAsync(CancellationToken token)
    {
        lock (gate) return Task.FromResult(Stored);
    }

    public Task<LeaseRecord?> WriteAsync(LeaseRecord wanted, CancellationToken token)
    {
        lock (gate)
        {
            if (wanted.ResourceVersion != Stored?.ResourceVersion) return Task.FromResult<LeaseRecord?>(null);
            Stored = wanted with { ResourceVersion = $"{++version}" };
            // The client repeats the request, and the repetition conflicts with what it wrote itself.
            return Task.FromResult(LostAnswers-- > 0 ? null : Stored);
        }
    }

    /// <summary>Somebody on another machine holds it.</summary>
    public void HoldElsewhere(TimeSpan duration) =>
        Stored = new LeaseRecord
        {
            Name = Name, Holder = new LeaseHolder("ops@runner-7/4711#ab", "runner-7 boot pid:[1]", "4711:99"), User = "jane", Rollout = "r1", Fence = 6,
            AcquiredAt = new(2026, 11, 23, 9, 0, 0, TimeSpan.Zero), RenewedAt = new(2026, 11, 23, 9, 0, 0, TimeSpan.Zero), Duration = duration, ResourceVersion = $"{++version}",
        };

    /// <summary>The holder elsewhere shows that it lives.</summary>
    public void RenewElsewhere()
    {
        lock (gate) Stored = Stored! with { RenewedAt = Stored.RenewedAt.AddSeconds(1), ResourceVersion = $"{++version}" };
    }
}
