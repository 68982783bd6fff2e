using System.Management.Automation;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Evidence;
using VisionRollout.Core.Journal;
using VisionRollout.Core.Plan;
using VisionRollout.Plan;
using VisionRollout.Shell;

namespace VisionRollout;

/// <summary>Accepts in the name of a decider that a success criterion is broken, or can't be shown: it no longer stands against the sign-off.</summary>
/// <remarks>Who may: the deciders of the plan's last gate, with their own identity in the cluster. The criterion must have been measured; what is accepted
/// is its value as measured last, and nothing that is proven to be worse (-UpTo: how much worse at most; the duration of the deployment may grow
/// by an hour, a value without a confidence interval get worse by one per cent, unless it is a count). Who accepted it and why stand in the journal and in the report. Without this, a rollout with a broken criterion can only be taken back.</remarks>
/// <example><code>Approve-SuccessCriterion 'Deployment Duration' -Role CTO -Reason 'The gate was decided an hour late' -UpTo '10 h'</code><para>Accepts that the rollout takes longer than planned, ten hours at most.</para></example>
[Cmdlet(VerbsLifecycle.Approve, "SuccessCriterion", SupportsShouldProcess = true)]
[OutputType(typeof(CriterionAccepted))]
public sealed class ApproveSuccessCriterion : SessionCmdlet
{
    private const double Margin = 0.01;

    /// <summary>Name of the criterion, as Test-SuccessCriterion shows it.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("Criterion")]
    [ArgumentCompleter(typeof(CriterionNameCompleter))]
    public string Name { get; set; } = "";

    /// <summary>Role in which the caller decides.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ArgumentCompleter(typeof(RoleCompleter))]
    public string Role { get; set; } = "";

    /// <summary>Why.</summary>
    [Parameter(Mandatory = true)]
    [ValidateNotNullOrEmpty]
    public string Reason { get; set; } = "";

    /// <summary>The worst value that is accepted, written as in the plan: '10 h', '0.2%', 150. Default: the one that was measured last.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? UpTo { get; set; }

    /// <summary>Context of the kubeconfig with whose credentials to decide. Default: those of the session.</summary>
    [Parameter]
    public string? Context { get; set; }

    /// <summary>Writes what was recorded.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (!ShouldProcess(Name, $"Accept as {Role}")) return;
        RunItem(Name, async (shell, token) =>
        {
            var plan = Current.Plan;
            var criterion = plan.SuccessCriteria.FirstOrDefault(item => string.Equals(item.Name, Name, StringComparison.OrdinalIgnoreCase))
                ?? throw PlanLookup.NotFound(plan, "SuccessCriterion", Name, plan.SuccessCriteria.Select(item => item.Name));
            var role = Deciders.Find(plan.Gates[^1], Role);
            var state = await Current.StateAsync(token);
            if (state.Success?.Findings.FirstOrDefault(item => item.Criterion == criterion.Name) is not { Verdict: not Verdict.Go } finding)
            {
                throw new RolloutException("NothingToAccept", RolloutErrorKind.InvalidState, $"'{criterion.Name}' {(state.Success is null ? "was not measured yet" : "is met, as measured last")}: there is nothing to accept.",
                    "Measure with Test-SuccessCriterion; accept what it shows as broken or undecided.", criterion.Name);
            }

            var upwards = criterion.Comparison is Comparison.Above or Comparison.AtLeast;
            var worst = UpTo is null ? Worst(criterion, finding, upwards) : ReadUpTo(criterion);
            var entry = new CriterionAccepted(criterion.Name, role, await Deciders.AuthenticateAsync(Current, role, Context, token), Reason)
            {
                Lowest = upwards ? worst : null, Highest = upwards ? null : worst,
            };
            await Current.RecordAsync(entry, token);
            if (PassThru) shell.Write(entry);
        });
    }

    // Every minute until the sign-off makes the duration longer than it was when somebody decided; and what has no confidence interval is not measured
    // the same twice.
    private static double? Worst(PlanCriterion criterion, Finding finding, bool upwards) =>
        string.Equals(criterion.Metric, "DeploymentDuration", StringComparison.OrdinalIgnoreCase) ? finding.Measured + TimeSpan.FromHours(1).TotalSeconds
        : finding is { Low: null, High: null, Unit: not "count" } ? finding.Measured * (upwards ? 1 - Margin : 1 + Margin)
        : finding.Measured;

    private double ReadUpTo(PlanCriterion criterion) => SuccessMetrics.TryParse(criterion.Metric, UpTo!, out var value) ? value
        : throw new RolloutException("UpToInvalid", RolloutErrorKind.InvalidInput, $"-UpTo '{UpTo}' is no {SuccessMetrics.Describe(criterion.Metric)}: '{criterion.Name}' is measured in it.",
            "Write it as the plan does, e.g. '10 h', '250 ms', '0.2%', '500 requests/s', 3.", criterion.Name);
}
