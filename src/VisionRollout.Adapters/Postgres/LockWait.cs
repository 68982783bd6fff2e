namespace VisionRollout.Adapters.Postgres;

/// <summary>A migration's backend that was cancelled.</summary>
/// <param name="since">Timestamp of the cancellation.</param>
internal sealed class LockWait(long since)
{
    public long Since { get; } = since;

    public bool Terminated { get; set; }
}
