using System.Management.Automation;
using VisionRollout.Shell;

namespace VisionRollout;

/// <summary>Shows the environment's current rollout, or all that the journals know.</summary>
/// <remarks>Everything shown is read from the journals, here and in the cluster.</remarks>
/// <example><code>Get-Rollout</code><para>Shows the rollout that is under way, or the newest one that has ended.</para></example>
[Cmdlet(VerbsCommon.Get, "Rollout")]
[OutputType(typeof(RolloutInfo))]
public sealed class GetRollout : SessionCmdlet
{
    /// <summary>Shows every rollout of the environment, newest first.</summary>
    [Parameter]
    public SwitchParameter All { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing() => Run(async (shell, token) =>
    {
        var session = Current;
        if (!All && await session.FindJournalAsync(token) is { } current && await session.FindStateAsync(token) is { } state)
        {
            shell.Write(RolloutInfo.From(state, current.Location));
            return;
        }

        foreach (var journal in await session.Journals.ListAsync(session.Environment.Name, token))
        {
            using (journal)
            {
                if (await journal.ReadStateAsync(token) is not { } past) continue;
                shell.Write(RolloutInfo.From(past, journal.Location));
                if (!All) return;
            }
        }
    });
}
