namespace VisionRollout.Core.Clock;

/// <summary>The one clock of a rollout. All waiting goes through it, so that a rehearsal can run on virtual time.</summary>
public interface IRolloutClock
{
    /// <summary>Reads the current time (UTC).</summary>
    /// <exception cref="Errors.RolloutException">A remote clock does not answer.</exception>
    Task<DateTimeOffset> GetNowAsync(CancellationToken token);

    /// <summary>How long a long wait may last before the waiter looks around again (for an emergency stop, for progress).</summary>
    TimeSpan Slice => TimeSpan.FromSeconds(1);

    /// <summary>Waits until <paramref name="until"/>; returns at once when it has passed.</summary>
    Task WaitUntilAsync(DateTimeOffset until, CancellationToken token);
}
