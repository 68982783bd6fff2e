using VisionRollout.Core.State;
using VisionRollout.Shell;

namespace VisionRollout;

/// <summary>Keeps watching the new version after the cutover while a phase waits for its time.</summary>
internal sealed class LiveVigil
{
    private static readonly TimeSpan Poll = TimeSpan.FromMinutes(1);
    private readonly RolloutSession session;
    private readonly RolloutState state;
    private readonly IShell shell;

    private LiveVigil(RolloutSession session, RolloutState state, IShell shell)
    {
        this.session = session;
        this.state = state;
        this.shell = shell;
    }

    /// <summary>The vigil; null as long as the new version does not serve everything, and when the rollout has ended.</summary>
    public static async Task<LiveVigil?> OpenAsync(RolloutSession session, IShell shell, CancellationToken token)
    {
        var state = await session.StateAsync(token);
        return state is { Completed: null, Traffic: { } traffic } && traffic.Weights.GetValueOrDefault(state.Started.ToColour) >= 1 && session.Environment.Endpoints.Prometheus is not null ? new(session, state, shell) : null;
    }

    /// <summary>Looks once a minute until a time.</summary>
    /// <exception cref="Core.Errors.RolloutException">LiveNoGo: a limit is proven broken or a guard fired.</exception>
    public async Task WatchAsync(DateTimeOffset until, Action<DateTimeOffset> onSlice, CancellationToken token)
    {
        var watch = new LiveWatch(session, state.Started.ToColour);
        var counting = false;
        for (var now = await session.NowAsync(token); now < until; now = await session.NowAsync(token))
        {
            counting = counting || await TryBeginAsync(watch, token);
            // The last interval is the longer one: counters that had no time to be scraped would look as if they stood still.
            var next = now + Poll;
            await session.WaitUntilAsync(next + Poll > until ? until : next, shell, onSlice, token);
            if (counting) await watch.LookAsync([.. state.Started.KnownAlerts], token);
        }
    }

    private async Task<bool> TryBeginAsync(LiveWatch watch, CancellationToken token)
    {
        try
        {
            await watch.BeginAsync(token);
            return true;
        }
        catch (Core.Errors.RolloutException cause) when (cause.Kind == Core.Errors.RolloutErrorKind.Unavailable)
        {
            shell.Warn($"The new version can't be watched now: {cause.Message}");
            return false;
        }
    }
}
