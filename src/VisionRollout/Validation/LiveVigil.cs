using VisionRollout.Core.Errors;
using VisionRollout.Core.Evidence;
using VisionRollout.Core.State;
using VisionRollout.Shell;

namespace VisionRollout;

/// <summary>Keeps watching the new version after the cutover while a phase waits for its time, or a gate for people.</summary>
internal sealed class LiveVigil
{
    private static readonly TimeSpan Poll = TimeSpan.FromMinutes(1);
    private readonly RolloutSession session;
    private readonly RolloutState state;
    private readonly IShell shell;
    private readonly LiveWatch watch;
    private bool counting;
    private bool seen;

    private LiveVigil(RolloutSession session, RolloutState state, CustomChecks? checks, IShell shell)
    {
        this.session = session;
        this.state = state;
        this.shell = shell;
        watch = new LiveWatch(session, state.Started.ToColour, checks);
    }

    /// <summary>The vigil; null as long as the new version does not serve everything, and when the rollout has ended.</summary>
    /// <param name="session">The session.</param>
    /// <param name="checks">The runbook's own checks, run at every look; null for none, and where whoever looks runs them.</param>
    /// <param name="shell">Told what is worth knowing.</param>
    /// <param name="token">Cancels.</param>
    public static async Task<LiveVigil?> OpenAsync(RolloutSession session, CustomChecks? checks, IShell shell, CancellationToken token)
    {
        var state = await session.StateAsync(token);
        return state is { Completed: null, Traffic: { } traffic } && traffic.Weights.GetValueOrDefault(state.Started.ToColour) >= 1 && session.Environment.Endpoints.Prometheus is not null ? new(session, state, checks, shell) : null;
    }

    /// <summary>Looks once a minute until a time.</summary>
    /// <exception cref="RolloutException">LiveNoGo: a limit is proven broken or a guard fired.</exception>
    public async Task WatchAsync(DateTimeOffset until, Action<DateTimeOffset> onSlice, CancellationToken token)
    {
        for (var now = await session.NowAsync(token); now < until; now = await session.NowAsync(token))
        {
            counting = counting || await TryBeginAsync(token);
            // The last interval is the longer one: counters that had no time to be scraped would look as if they stood still.
            var next = now + Poll;
            await session.WaitUntilAsync(next + Poll > until ? until : next, shell, onSlice, token);
            if (counting) await watch.LookAsync([.. state.Started.KnownAlerts], token);
        }
    }

    /// <summary>Looks once, the first time only to begin counting; gives what stands against the version that serves: also that nothing is known of it yet.</summary>
    public async Task<IReadOnlyList<Finding>> LookAsync(CancellationToken token)
    {
        if (!counting)
        {
            counting = await TryBeginAsync(token);
            return [await SilentAsync(counting ? "counting has just begun" : "its counters can't be read", token)];
        }

        try
        {
            var sample = await watch.LookAsync([.. state.Started.KnownAlerts], token);
            seen |= sample.Verdict == Verdict.Go;
            return seen ? [] : [await SilentAsync(sample.Reason, token)];
        }
        catch (RolloutException cause) when (cause.Id == "LiveNoGo")
        {
            return [.. cause.Findings.Where(finding => finding.Verdict == Verdict.NoGo)];
        }
    }

    private async Task<Finding> SilentAsync(string why, CancellationToken token) => new()
    {
        Criterion = "FreshEvidence", Subject = state.Started.ToColour, Verdict = Verdict.Undecided, Reason = $"the version that serves can't be judged now: {why.TrimEnd('.')}", Source = "request counters of the mesh", At = await session.NowAsync(token),
    };

    private async Task<bool> TryBeginAsync(CancellationToken token)
    {
        try
        {
            await watch.BeginAsync(token);
            return true;
        }
        catch (RolloutException cause) when (cause.Kind == RolloutErrorKind.Unavailable)
        {
            shell.Warn($"The new version can't be watched now: {cause.Message}");
            return false;
        }
    }
}
