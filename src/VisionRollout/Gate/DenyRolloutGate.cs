using System.Management.Automation;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Journal;
using VisionRollout.Core.State;
using VisionRollout.Shell;

namespace VisionRollout;

/// <summary>Denies a gate in the name of one of its deciders: one denial is enough to close it.</summary>
/// <remarks>Works from any shell that is connected to the same environment and journal. The caller's identity in the cluster is recorded and must
/// be the one that the plan names for the role. Until all traffic has moved, a gate may also be denied after it was decided.</remarks>
/// <example><code>Deny-RolloutGate Cutover -Role CTO -Reason 'Marketing event at 13:00'</code><para>Denies the cutover.</para></example>
[Cmdlet(VerbsLifecycle.Deny, "RolloutGate", SupportsShouldProcess = true)]
[OutputType(typeof(GateDenied))]
public sealed class DenyRolloutGate : DecisionCmdlet
{
    /// <summary>Why.</summary>
    [Parameter(Mandatory = true)]
    [ValidateNotNullOrEmpty]
    public string Reason { get; set; } = "";

    /// <summary>Writes the recorded denial.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (!ShouldProcess(Name, $"Deny as {Role}")) return;
        RunItem(Name, async (shell, token) =>
        {
            var gate = FindGate();
            var role = FindDecider(gate);
            ThrowIfPassed(await Current.StateAsync(token), gate.Name);
            var denial = new GateDenied(gate.Name, role, await AuthenticateAsync(role, token), Reason);
            await Current.RecordAsync(denial, token);
            // The move may have begun meanwhile: either it sees the denial, or this sees the move.
            ThrowIfPassed(await Current.StateAsync(token), gate.Name);
            if (PassThru) shell.Write(denial);
        });
    }

    private static void ThrowIfPassed(RolloutState state, string gate)
    {
        var colour = state.Started.ToColour;
        if (!(state.Traffic?.Weights.GetValueOrDefault(colour) >= 1) && !(state.Moving?.Weights.GetValueOrDefault(colour) >= 1)) return;
        throw new RolloutException("GatePassed", RolloutErrorKind.InvalidState, $"The gate '{gate}' was passed: all traffic moves to {colour}, or has moved.",
            "Take the rollout back with Undo-Rollout, or at once with Stop-Rollout -Emergency.", gate);
    }
}
