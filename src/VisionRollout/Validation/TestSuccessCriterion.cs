using System.Management.Automation;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Evidence;
using VisionRollout.Core.Journal;
using VisionRollout.Shell;

namespace VisionRollout;

/// <summary>Measures the plan's success criteria over the whole rollout: each with its value, limit, window, source and verdict.</summary>
/// <remarks>What can't be measured is Undecided with the reason, never met. The measurement is recorded; Complete-Rollout needs a fresh one without NoGo.
/// With -Require a broken technical or business criterion is an error, unless a decider has accepted it (Approve-SuccessCriterion). What only the new
/// version can have done (a feature that is missing, an answer that changed) has a trigger of the risk matrix; a criterion that is measured over both
/// versions has none, and people decide.</remarks>
/// <example><code>Test-SuccessCriterion</code><para>Measures every criterion.</para></example>
/// <example><code>Test-SuccessCriterion 'Error*'</code><para>Measures those whose names begin with Error; nothing is recorded.</para></example>
[Cmdlet(VerbsDiagnostic.Test, "SuccessCriterion")]
[OutputType(typeof(Finding))]
public sealed class TestSuccessCriterion : SessionCmdlet
{
    /// <summary>Names of criteria; wildcards are allowed. Default: all.</summary>
    [Parameter(Position = 0)]
    [SupportsWildcards]
    public string[]? Name { get; set; }

    /// <summary>Fails when a technical or business criterion is broken, after the measurement was written and recorded.</summary>
    [Parameter]
    public SwitchParameter Require { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing() => Run(async (shell, token) =>
    {
        var state = await Current.StateAsync(token);
        var wanted = Current.Plan.SuccessCriteria.Where(criterion => Name is null || Name.Any(pattern => new WildcardPattern(pattern, WildcardOptions.IgnoreCase).IsMatch(criterion.Name))).ToList();
        var measurement = new SuccessMeasurement(Current, state, shell);
        var findings = new List<Finding>();
        foreach (var criterion in wanted)
        {
            shell.Progress("Measuring success", criterion.Name, findings.Count * 100 / wanted.Count);
            var finding = await measurement.MeasureAsync(criterion, token);
            findings.Add(finding.Verdict != Verdict.Go && state.Accepted.GetValueOrDefault(criterion.Name) is { } accepted ? finding with { Reason = $"{finding.Reason.TrimEnd('.')}; {accepted.Tell(finding)}" } : finding);
        }

        shell.Progress("Measuring success", "", done: true);
        if (Name is null) await Current.RecordAsync(new SuccessMeasured(Verdicts.All(findings), findings), token);
        foreach (var finding in findings) shell.Write(finding);
        var broken = Require ? findings.Where(finding => finding is { Verdict: Verdict.NoGo, Subject: "Technical" or "Business" } && !state.IsAccepted(finding)).OrderByDescending(finding => finding.Trigger.Length).ToList() : [];
        if (broken is not [var first, ..]) return;
        throw new RolloutException("SuccessNoGo", RolloutErrorKind.Failed, $"Success criteria are broken: {string.Join("; ", broken.Select(finding => $"{finding.Criterion}: {finding.Reason.TrimEnd('.')}"))}.",
            "Find the cause; then start the runbook again to measure once more, let a decider accept it (Approve-SuccessCriterion), or take the rollout back with Undo-Rollout.", first.Criterion) { Trigger = first.Trigger, Findings = broken };
    });
}
