namespace VisionRollout.Adapters.Postgres;

/// <summary>A migration's backend that waits for a lock.</summary>
/// <param name="since">Timestamp at which it was first seen waiting.</param>
internal sealed class LockWait(long since)
{
    public long Since { get; } = since;

    public long? CancelledAt { get; set; }

    public bool Terminated { get; set; }
}
