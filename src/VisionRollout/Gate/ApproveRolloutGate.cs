using System.Management.Automation;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Gates;
using VisionRollout.Core.Journal;
using VisionRollout.Core.Plan;
using VisionRollout.Core.State;
using VisionRollout.Shell;

namespace VisionRollout;

/// <summary>Approves a gate in the name of one of its deciders.</summary>
/// <remarks>Works from any shell that is connected to the same environment and journal. The caller's identity in the cluster is recorded and must
/// be the one that the plan names for the role; where the gate asks for all its deciders, each of them is another person. An approval of an open
/// gate rests on the evidence as it stands: when a criterion that was met is met no longer, when traffic moves, or when the plan changes, it
/// expires. An approval may also be given ahead, for an unattended run.</remarks>
/// <example><code>Approve-RolloutGate Canary -Role 'Tech Lead' -Comment 'Looks good'</code><para>Approves the canary gate as Tech Lead.</para></example>
/// <example><code>Approve-RolloutGate Cutover -Role CTO -ValidFor 6:00:00</code><para>Approves ahead: when the gate opens within six hours and its criteria are met, it does not wait.</para></example>
[Cmdlet(VerbsLifecycle.Approve, "RolloutGate", SupportsShouldProcess = true)]
[OutputType(typeof(GateApproved))]
public sealed class ApproveRolloutGate : DecisionCmdlet
{
    /// <summary>Comment for the report.</summary>
    [Parameter]
    public string Comment { get; set; } = "";

    /// <summary>How long the approval holds. Default: until the gate is decided.</summary>
    [Parameter]
    public TimeSpan? ValidFor { get; set; }

    /// <summary>Writes the recorded approval.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (!ShouldProcess(Name, $"Approve as {Role}")) return;
        RunItem(Name, async (shell, token) =>
        {
            var gate = FindGate();
            var role = FindDecider(gate);
            if (ValidFor <= TimeSpan.Zero) throw new RolloutException("ValidityInvalid", RolloutErrorKind.InvalidInput, $"An approval can't hold for {ValidFor}.", "Pass a -ValidFor above zero, e.g. 6:00:00.", ValidFor);
            var state = await Current.StateAsync(token);
            var identity = await AuthenticateAsync(role, token);
            var now = await Current.NowAsync(token);
            RefuseSecondRole(gate, role, identity, state, now);
            var approval = new GateApproved(gate.Name, role, identity, Comment, Current.Plan.Hash, now + ValidFor) { Seen = await SeeAsync(gate, state, token) };
            await Current.RecordAsync(approval, token);
            if (PassThru) shell.Write(approval);
        });
    }

    private void RefuseSecondRole(PlanGate gate, string role, string identity, RolloutState state, DateTimeOffset now)
    {
        if (!gate.RequireAll) return;
        var other = GateVote.Valid(state.FindGate(gate.Name), Current.Plan.Hash, now).FirstOrDefault(approval => approval.Identity == identity && !string.Equals(approval.Role, role, StringComparison.OrdinalIgnoreCase));
        if (other is null) return;
        throw new RolloutException("SecondRole", RolloutErrorKind.AccessDenied, $"'{identity}' has approved the gate '{gate.Name}' as {other.Role} already; the approval as {role} takes another person.",
            $"Ask somebody else who is {role} to approve. The gate wants {string.Join(" + ", gate.Deciders)}.", role);
    }

    // A gate that is not open yet has nothing to show: the approval is given ahead.
    private async Task<SeenEvidence?> SeeAsync(PlanGate gate, RolloutState state, CancellationToken token) =>
        state.FindGate(gate.Name) is { Opened: not null, Decision: null } ? (await new GateReader(Current, new SteadyPods()).ReadAsync(gate, state, [], token)).Seen : null;
}
