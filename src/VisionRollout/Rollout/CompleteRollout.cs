using System.Management.Automation;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Evidence;
using VisionRollout.Core.Journal;
using VisionRollout.Core.State;
using VisionRollout.Shell;

namespace VisionRollout;

/// <summary>Signs the rollout off: every phase is done, the new version serves everything, and no success criterion is broken as measured within the last 15 minutes.</summary>
/// <example><code>Complete-Rollout</code><para>Ends the rollout as succeeded, or says what stands against it.</para></example>
[Cmdlet(VerbsLifecycle.Complete, "Rollout", SupportsShouldProcess = true)]
[OutputType(typeof(RolloutInfo))]
public sealed class CompleteRollout : SessionCmdlet
{
    private static readonly TimeSpan Freshness = TimeSpan.FromMinutes(15);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var session = Current;
        if (!ShouldProcess(session.Environment.Name, "Sign the rollout off")) return;
        Run(async (shell, token) =>
        {
            await session.ThrowIfStoppedAsync(token);
            var state = await session.StateAsync(token);
            if (state.Completed is null)
            {
                var objections = await FindObjectionsAsync(session, state, token);
                if (objections.Count > 0)
                {
                    throw new RolloutException("NotComplete", RolloutErrorKind.InvalidState, $"The rollout can't be signed off: {string.Join("; ", objections)}.",
                        "Finish what is open; a criterion that a decider accepts (Approve-SuccessCriterion) no longer stands against it. Or take the rollout back with Undo-Rollout.", state.Started.Id);
                }

                await session.RecordAsync(new RolloutCompleted(RolloutOutcome.Succeeded, Summarise(state)), token);
            }

            shell.Write(RolloutInfo.From(await session.StateAsync(token), (await session.FindJournalAsync(token))!.Location));
        });
    }

    private static string Summarise(RolloutState state)
    {
        var accepted = state.Success!.Findings.Where(finding => finding.Verdict != Verdict.Go && state.IsAccepted(finding)).Select(finding => finding.Criterion).ToList();
        var undecided = state.Success.Findings.Where(finding => finding.Verdict == Verdict.Undecided && !accepted.Contains(finding.Criterion)).Select(finding => finding.Criterion).ToList();
        return $"{state.Started.Version} serves everything on {state.Started.ToColour}; {state.Success.Findings.Count - undecided.Count - accepted.Count} success criteria are met"
            + (accepted.Count > 0 ? $", accepted though not met: {string.Join(", ", accepted)}" : "") + (undecided.Count > 0 ? $", not measurable: {string.Join(", ", undecided)}." : ".");
    }

    private static async Task<List<string>> FindObjectionsAsync(RolloutSession session, RolloutState state, CancellationToken token)
    {
        var objections = new List<string>();
        var route = await session.World.Router.ReadAsync(token);
        if (route.Weights.GetValueOrDefault(state.Started.ToColour) < 1) objections.Add($"{state.Started.ToColour} does not serve everything ({RolloutInfo.Weights(route.Weights)})");
        objections.AddRange(session.Plan.Timeline.Where(phase => phase.Duration > TimeSpan.Zero && state.FindPhase(phase.Name) is not { Status: ActivityStatus.Completed }).Select(phase => $"phase {phase.Name} is not done"));
        objections.AddRange(session.Plan.Gates.Where(gate => state.FindGate(gate.Name).Decision is not { Verdict: Verdict.Go }).Select(gate => $"gate {gate.Name} was not decided Go"));
        if (state.Success is null) objections.Add("the success criteria were not measured (Test-SuccessCriterion)");
        else if (await session.NowAsync(token) - state.SuccessAt is { } age && age > Freshness) objections.Add($"the success criteria were measured {age.TotalMinutes:0} min ago, and not since (Test-SuccessCriterion)");
        // What concerns users must be shown to be met; an operational criterion that can't be measured is named in the summary instead.
        else objections.AddRange(state.Success.Findings.Where(finding => !state.IsAccepted(finding)).Where(finding => finding.Verdict == Verdict.NoGo || (finding.Verdict == Verdict.Undecided && (finding.Subject is "Technical" or "Business"))).Select(finding => $"{finding.Criterion}: {finding.Reason}"));
        return objections;
    }
}
