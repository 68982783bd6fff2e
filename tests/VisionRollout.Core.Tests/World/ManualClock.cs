using VisionRollout.Core.Clock;

namespace VisionRollout.Core.Tests.World;

/// <summary>A clock on which waiting is what makes time pass.</summary>
internal sealed class ManualClock : IRolloutClock
{
    public DateTimeOffset Now { get; set; } = new(2026, 11, 23, 13, 0, 0, TimeSpan.Zero);

    public Task<DateTimeOffset> GetNowAsync(CancellationToken token) => Task.FromResult(Now);

    public Task WaitUntilAsync(DateTimeOffset until, CancellationToken token)
    {
        token.ThrowIfCancellationRequested();
        if (until > Now) Now = until;
        return Task.CompletedTask;
    }
}
