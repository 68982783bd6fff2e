using System.Globalization;
using System.Management.Automation;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Evidence;
using VisionRollout.Core.Journal;
using VisionRollout.Shell;

namespace VisionRollout;

/// <summary>Watches the version that serves for a time: error rate, response time, alerts, pods and resources; fails as soon as a limit of the
/// plan is proven broken.</summary>
/// <remarks>Every look stands in the journal and in the report's plots. A failure in a phase carries out the plan's contingency.</remarks>
/// <example><code>Watch-Rollout -For 0:15:00</code><para>Watches for 15 minutes after the cutover.</para></example>
/// <example><code>Watch-Rollout -Until 17:00</code><para>Watches until 17:00 UTC of the rollout's day.</para></example>
[Cmdlet(VerbsCommon.Watch, "Rollout", DefaultParameterSetName = "For")]
[OutputType(typeof(LiveSampled))]
public sealed class WatchRollout : SessionCmdlet
{
    private static readonly TimeSpan Poll = TimeSpan.FromMinutes(1);

    /// <summary>How long.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "For")]
    public TimeSpan For { get; set; }

    /// <summary>Time of day (UTC) of the rollout's day, as in the plan's timeline.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Until")]
    [ValidatePattern("^([01]?[0-9]|2[0-3]):[0-5][0-9]$")]
    public string Until { get; set; } = "";

    /// <summary>Checks of your own, run at every look: name = script block that gives Go, NoGo or Undecided, $true or $false, or an object with Verdict
    /// and Reason. A NoGo ends the watch; the last look is Go only when all of them are.</summary>
    [Parameter]
    public System.Collections.IDictionary? Check { get; set; }

    /// <summary>Writes every look, not only the last one.</summary>
    [Parameter]
    public SwitchParameter Sample { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing() => Run(async (shell, token) =>
    {
        var session = Current;
        var state = await session.NewestStateAsync(_ => true, token); // also in the days after the sign-off
        var route = await session.World.Router.ReadAsync(token);
        var watch = new LiveWatch(session, route.LiveColour, new CustomChecks(Check, session, shell));
        await watch.BeginAsync(token);
        var start = await session.NowAsync(token);
        var end = ParameterSetName == "For" ? start + For : new DateTimeOffset(state.Started.Day.ToDateTime(TimeOnly.Parse(Until, CultureInfo.InvariantCulture)), TimeSpan.Zero);
        LiveSampled? last = null;
        // A rollout that is late is still looked at: a watch without a look would be no watch.
        if (end - start < Poll + Poll) end = start + Poll + Poll;
        for (var now = start; now < end; now = await session.NowAsync(token))
        {
            var next = now + Poll;
            await session.WaitUntilAsync(next + Poll > end ? end : next, shell, at => Show(shell, last, start, end, at), token);
            last = await watch.LookAsync([.. state.Started.KnownAlerts], token);
            if (Sample) shell.Write(last);
        }

        shell.Progress("Watching the rollout", "", done: true);
        if (last is null or { Verdict: Verdict.Undecided })
        {
            throw new RolloutException("LiveUndecided", RolloutErrorKind.InvalidState, $"The watch ended undecided: {last?.Reason.TrimEnd('.') ?? "there was no look"}.",
                "No data is never good data: repair the metrics, then start the runbook again.", route.LiveColour);
        }

        if (!Sample) shell.Write(last);
    });

    private static void Show(IShell shell, LiveSampled? last, DateTimeOffset start, DateTimeOffset end, DateTimeOffset now) =>
        shell.Progress("Watching the rollout", last is null ? "counting" : $"{last.Version}: {last.Verdict}, {last.Reason}",
            (int)Math.Clamp(100 * (now - start) / (end - start), 0, 100), Math.Max(0, (int)(end - now).TotalSeconds));
}
