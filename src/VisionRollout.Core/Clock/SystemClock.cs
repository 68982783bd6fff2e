namespace VisionRollout.Core.Clock;

/// <summary>The machine's own clock: what production uses.</summary>
public sealed class SystemClock : IRolloutClock
{
    /// <inheritdoc/>
    public Task<DateTimeOffset> GetNowAsync(CancellationToken token) => Task.FromResult(DateTimeOffset.UtcNow);

    /// <inheritdoc/>
    public async Task WaitUntilAsync(DateTimeOffset until, CancellationToken token)
    {
        // Task.Delay takes at most 49 days and counts monotonic time; waking every minute follows clock corrections.
        for (var left = until - DateTimeOffset.UtcNow; left > TimeSpan.Zero; left = until - DateTimeOffset.UtcNow)
            await Task.Delay(left < TimeSpan.FromMinutes(1) ? left : TimeSpan.FromMinutes(1), token);
    }
}
