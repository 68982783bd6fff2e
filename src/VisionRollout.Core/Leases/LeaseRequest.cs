namespace VisionRollout.Core.Leases;

/// <summary>Who wants a lease, and what for.</summary>
/// <param name="Environment">The environment, for messages.</param>
/// <param name="User">Identity in the cluster.</param>
/// <param name="Duration">How long the holder may be silent before somebody else takes over; it is renewed three times as often.</param>
public sealed record LeaseRequest(string Environment, string User, TimeSpan Duration)
{
    /// <summary>Takes the lease also from a holder that lives (emergency stop, rollback).</summary>
    public bool TakeOver { get; init; }

    /// <summary>Told what is waited for; null for nobody.</summary>
    public Action<string>? OnWait { get; init; }
}
