namespace VisionRollout.Core.Leases;

/// <summary>The lease of one environment as it is stored: who may write there, and with which fencing number.</summary>
public sealed record LeaseRecord
{
    /// <summary>Name of the lease.</summary>
    public required string Name { get; init; }

    /// <summary>Who holds it; null when it was given back.</summary>
    public LeaseHolder? Holder { get; init; }

    /// <summary>Identity in the cluster of who holds it; may be empty.</summary>
    public string User { get; init; } = "";

    /// <summary>Rollout that it is held for; empty when there is none.</summary>
    public string Rollout { get; init; } = "";

    /// <summary>Fencing number: one more with every new holder, never less.</summary>
    public long Fence { get; init; }

    /// <summary>When the holder got it, by the holder's clock (UTC).</summary>
    public DateTimeOffset AcquiredAt { get; init; }

    /// <summary>When the holder last showed that it lives, by the holder's clock (UTC). Only its change means something to others.</summary>
    public DateTimeOffset RenewedAt { get; init; }

    /// <summary>How long the holder may be silent before somebody else takes over.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Version that was read: a write names it. Null for a lease that does not exist yet.</summary>
    public string? ResourceVersion { get; init; }

    /// <summary>True when both are held by the same holder under the same fencing number.</summary>
    public bool IsSameHoldingAs(LeaseRecord? other) => Holder is not null && other?.Holder is not null && Fence == other.Fence && Holder.Identity == other.Holder.Identity;

    /// <summary>Who holds it, from where, since when, for people.</summary>
    public string Describe() => Holder is null ? $"nobody (lease '{Name}', fencing number {Fence})"
        : $"{Holder.Identity}{(User.Length > 0 ? $" ({User} in the cluster)" : "")} since {AcquiredAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC{(Rollout.Length > 0 ? $" for rollout {Rollout}" : "")} (lease '{Name}', fencing number {Fence}, last renewed {RenewedAt.UtcDateTime:HH:mm:ss} UTC)";
}
