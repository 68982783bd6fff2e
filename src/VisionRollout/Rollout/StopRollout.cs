using System.Management.Automation;
using VisionRollout.Core.Journal;
using VisionRollout.Shell;

namespace VisionRollout;

/// <summary>Stops a rollout from any shell: the runbook ends at its next look around, and all traffic goes where it was last proven good.</summary>
/// <remarks>Needs nothing but the plan, the journal and the cluster, and is safe to repeat. The request stands in the journal before traffic
/// is moved, so that the runbook can't move it again; where the journal can't be written, traffic moves all the same, and a warning says what is missing
/// there.</remarks>
/// <example><code>Stop-Rollout -Emergency -Reason 'Payments are failing'</code><para>The emergency stop.</para></example>
[Cmdlet(VerbsLifecycle.Stop, "Rollout", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(RolledBack))]
public sealed class StopRollout : SessionCmdlet
{
    /// <summary>Why.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Reason { get; set; } = "Emergency stop";

    /// <summary>Does not ask for confirmation.</summary>
    [Parameter]
    public SwitchParameter Emergency { get; set; }

    /// <summary>Moves traffic back even though the new version serves better now, because services have no ready pod in the old one.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var session = Current;
        Core.State.RolloutState state = null!;
        Run(async (_, token) =>
        {
            await session.Lease.ForgetLostAsync(token);
            await session.HandInAsync(shell: null, token); // what an earlier way back could not record
            state = await session.ServingStateAsync(past => past.Completed is not { Outcome: RolloutOutcome.RolledBack }, token);
        });
        var target = $"{session.Environment.Name}: rollout {state.Started.Id}";
        var action = $"Stop it and put all traffic back on {state.Started.FromColour} ({state.Started.FromVersion})";
        // -Emergency answers the question whether; -WhatIf still only tells what would happen.
        var rehearsedOnly = MyInvocation.BoundParameters.ContainsKey("WhatIf") || LanguagePrimitives.IsTrue(GetVariableValue("WhatIfPreference"));
        if ((!Emergency || rehearsedOnly) && !ShouldProcess(target, action)) return;
        Run(async (shell, token) =>
        {
            var held = session.Lease.IsHeld;
            if (state.Stop is null || (Force && !state.Stop.Force)) await session.RecordOrKeepAsync(new StopRequested(await WayBack.WhoAmIAsync(session, token), Reason) { Force = Force }, token);
            await session.Lease.AcquireAsync(takeOver: true, shell, token);
            RolledBack back;
            try
            {
                back = await WayBack.UndoAsync(session, Reason, withSchema: false, shell, token, Force);
            }
            catch when (!held)
            {
                await session.Lease.ReleaseAsync(); // the next start of the runbook finishes the stop
                throw;
            }

            if ((await session.StateAsync(token)).Completed is null)
                await session.RecordOrKeepAsync(new RolloutCompleted(RolloutOutcome.Stopped, $"Emergency stop: {Reason}"), token);
            await session.HandInAsync(shell, token);
            await session.Lease.ReleaseAsync(); // also when it had ended before: nothing of it is written any more
            shell.Write(back);
        });
    }
}
