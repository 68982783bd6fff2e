using System.Management.Automation;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Journal;
using VisionRollout.Shell;

namespace VisionRollout;

/// <summary>Rolls back: puts all traffic on the version that was live at the start, and takes the schema back where asked and possible.</summary>
/// <remarks>Works in any phase, from any machine that has the journal, and twice; one that is interrupted is finished by the next start of the runbook. The new version's pods stay for the post-mortem. What can't
/// be taken back is listed in the result.</remarks>
/// <example><code>Undo-Rollout -Reason 'Customers report wrong totals' -Confirm:$false</code><para>Puts all traffic back on the old version.</para></example>
[Cmdlet(VerbsCommon.Undo, "Rollout", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(RolledBack))]
public sealed class UndoRollout : SessionCmdlet
{
    /// <summary>Why.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Reason { get; set; } = "Undo-Rollout";

    /// <summary>Also takes the migrations of this rollout back, newest service first, where the plan has a command for it.</summary>
    [Parameter]
    public SwitchParameter IncludeSchema { get; set; }

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
            state = await session.ServingStateAsync(_ => true, token);
        });
        if (!ShouldProcess($"{session.Environment.Name}: rollout {state.Started.Id}", $"Put all traffic back on {state.Started.FromColour} ({state.Started.FromVersion})")) return;
        Run(async (shell, token) =>
        {
            // Whoever runs the rollout is not disturbed for a way back that does not come about.
            await WayBack.RequireAsync(session, state, Force, token);
            var held = session.Lease.IsHeld;
            await session.RecordOrKeepAsync(new RollbackRequested(await WayBack.WhoAmIAsync(session, token), Reason, IncludeSchema) { Force = Force }, token);
            await session.Lease.AcquireAsync(takeOver: true, shell, token);
            RolledBack back;
            try
            {
                back = await WayBack.UndoAsync(session, Reason, IncludeSchema, shell, token, Force);
            }
            catch (Exception cause)
            {
                // Nothing was moved: the rollout stands as it did. Whatever else went wrong, the next start of the runbook finishes it.
                if (cause is RolloutException { Id: WayBack.NotReady }) await session.RecordOrKeepAsync(new RollbackRefused(cause.Message), token);
                if (!held) await session.Lease.ReleaseAsync();
                throw;
            }

            if (state.Completed is null)
                await session.RecordOrKeepAsync(new RolloutCompleted(RolloutOutcome.RolledBack, $"{Reason}: {string.Join("; ", back.Done)}"), token);
            await session.HandInAsync(shell, token);
            await session.Lease.ReleaseAsync(); // also when it had ended before: nothing of it is written any more
            shell.Write(back);
        });
    }
}
