using System.Management.Automation;
using VisionRollout.Core.Evidence;
using VisionRollout.Core.Journal;
using VisionRollout.Shell;

namespace VisionRollout;

/// <summary>Measures the plan's success criteria over the whole rollout: each with its value, limit, window, source and verdict.</summary>
/// <remarks>What can't be measured is Undecided with the reason, never met. The measurement is recorded; Complete-Rollout needs one without NoGo.</remarks>
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
            findings.Add(await measurement.MeasureAsync(criterion, token));
        }

        shell.Progress("Measuring success", "", done: true);
        if (Name is null) await Current.RecordAsync(new SuccessMeasured(Verdicts.All(findings), findings), token);
        foreach (var finding in findings) shell.Write(finding);
    });
}
