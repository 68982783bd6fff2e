using System.Management.Automation;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Evidence;
using VisionRollout.Core.Journal;
using VisionRollout.Core.Plan;
using VisionRollout.Plan;
using VisionRollout.Shell;

namespace VisionRollout;

/// <summary>Accepts in the name of a decider that a success criterion is broken, or can't be shown: it no longer stands against the sign-off.</summary>
/// <remarks>Who may: the deciders of the plan's last gate, with their own identity in the cluster. The criterion must have been measured; its value, who
/// accepted it and why stand in the journal and in the report. Without this, a rollout with a broken criterion can only be taken back.</remarks>
/// <example><code>Approve-SuccessCriterion 'Deployment Time' -Role CTO -Reason 'The gate was decided an hour late'</code><para>Accepts that the rollout took longer than planned.</para></example>
[Cmdlet(VerbsLifecycle.Approve, "SuccessCriterion", SupportsShouldProcess = true)]
[OutputType(typeof(CriterionAccepted))]
public sealed class ApproveSuccessCriterion : SessionCmdlet
{
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
            if (state.Success?.Findings.FirstOrDefault(finding => finding.Criterion == criterion.Name) is not { Verdict: not Verdict.Go })
            {
                throw new RolloutException("NothingToAccept", RolloutErrorKind.InvalidState, $"'{criterion.Name}' {(state.Success is null ? "was not measured yet" : "is met, as measured last")}: there is nothing to accept.",
                    "Measure with Test-SuccessCriterion; accept what it shows as broken or undecided.", criterion.Name);
            }

            var entry = new CriterionAccepted(criterion.Name, role, await Deciders.AuthenticateAsync(Current, role, Context, token), Reason);
            await Current.RecordAsync(entry, token);
            if (PassThru) shell.Write(entry);
        });
    }
}
