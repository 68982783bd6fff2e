using System.Management.Automation;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Evidence;
using VisionRollout.Core.Journal;
using VisionRollout.Core.Plan;
using VisionRollout.Core.Traffic;
using VisionRollout.Shell;

namespace VisionRollout;

/// <summary>Moves all traffic to one colour: the cutover.</summary>
/// <remarks>Every service must have all its pods ready there. The move is confirmed twice: the route is read back, and the share of requests is
/// observed. In a rollout the plan's gates must have been decided Go, and their criteria must still be met at the moment of the move, the canary being
/// judged once more on fresh counters; -Force leaves that to the caller.</remarks>
/// <example><code>Switch-Traffic blue -Confirm:$false</code><para>Moves all traffic to blue.</para></example>
[Cmdlet(VerbsCommon.Switch, "Traffic", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(TrafficMove))]
public sealed class SwitchTraffic : SessionCmdlet
{
    /// <summary>Colour that shall serve everything. Default: the rollout's new colour.</summary>
    [Parameter(Position = 0)]
    [ArgumentCompleter(typeof(ColourCompleter))]
    public string? Colour { get; set; }

    /// <summary>Why, for the journal.</summary>
    [Parameter]
    public string Reason { get; set; } = "Cutover";

    /// <summary>Does not ask for the gates' decisions nor look at the canary again, and goes on from where the route stands although somebody else has written it.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Checks of your own for the last look: name = script block that gives Go, NoGo or Undecided, $true or $false, or an object with Verdict
    /// and Reason. Traffic moves only when all of them are Go.</summary>
    [Parameter]
    public System.Collections.IDictionary? Check { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var session = Current;
        var colour = "";
        Run(async (_, token) => colour = await ResolveAsync(session, token));
        if (!ShouldProcess($"{string.Join(", ", session.Environment.Routes.Select(route => $"{route.Kind} {route.Name}"))} in {session.Environment.Namespace}", $"Move all traffic to {colour}")) return;
        Run(async (shell, token) =>
        {
            await session.ThrowIfStoppedAsync(token);
            if (await session.FindStateAsync(token) is { Completed: null } running && running.Started.ToColour == colour && !Force)
            {
                await CutoverCheck.RequireAsync(session, colour, new CustomChecks(Check, session, shell), shell, token);
                await RollbackWatch.RequireAsync(session, token);
            }

            shell.Progress("Switching traffic", $"to {colour}");
            var weights = session.Plan.Colours.Names.ToDictionary(name => name, name => name == colour ? 1.0 : 0.0);
            var header = (await session.FindStateAsync(token)) is { Completed: null } state && state.Started.ToColour == colour ? colour : null;
            shell.Write(await session.Mover.MoveAsync(new TrafficTarget(weights, header, Reason) { Own = header is null || Force ? [] : OwnRoute.Of(await session.StateAsync(token)) }, entry => RecordAsync(session, entry, header is not null && !Force, token), token));
            shell.Progress("Switching traffic", "", done: true);
        });
    }

    // A denial that comes before the intent is recorded is seen here; one that comes after it sees the intent.
    private static async Task RecordAsync(RolloutSession session, JournalEntry entry, bool asksGates, CancellationToken token)
    {
        await session.RecordAsync(entry, token);
        if (!asksGates || entry is not TrafficMoving) return;
        var state = await session.StateAsync(token);
        CutoverCheck.ThrowIfDenied(state, state.Started.ToColour, await session.NowAsync(token));
    }

    private async Task<string> ResolveAsync(RolloutSession session, CancellationToken token)
    {
        var state = await session.FindStateAsync(token);
        var colour = Colour ?? state?.Started.ToColour
            ?? throw new RolloutException("ColourMissing", RolloutErrorKind.InvalidInput, "No colour was given and no rollout is under way.", "Pass the colour, e.g. Switch-Traffic blue.");
        colour = session.Plan.GetColour(colour);
        if (Force || state is not { Completed: null } || colour != state.Started.ToColour) return colour;
        var open = session.Plan.Gates.Where(gate => state.FindGate(gate.Name).Decision is not { Verdict: Verdict.Go }).Select(gate => gate.Name).ToList();
        if (open.Count == 0) return colour;
        throw new RolloutException("GateOpen", RolloutErrorKind.InvalidState, $"The gate{(open.Count > 1 ? "s" : "")} {string.Join(", ", open)} {(open.Count > 1 ? "were" : "was")} not decided Go.",
            "Run Test-RolloutGate -Wait, or pass -Force to move all traffic without the decision.", open[0]);
    }
}
