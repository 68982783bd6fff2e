using System.Management.Automation;
using VisionRollout.Shell;

namespace VisionRollout;

/// <summary>Removes the silences that this rollout has made.</summary>
/// <remarks>The end of the rollout does it too; this is for who wants to hear the alerts earlier.</remarks>
/// <example><code>Remove-AlertSilence</code><para>Removes every silence of the rollout.</para></example>
[Cmdlet(VerbsCommon.Remove, "AlertSilence", SupportsShouldProcess = true)]
[OutputType(typeof(void))]
public sealed class RemoveAlertSilence : SessionCmdlet
{
    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (!ShouldProcess(Current.Environment.Name, "Remove the rollout's silences")) return;
        Run(async (_, token) =>
        {
            await Current.StateAsync(token);
            await Current.RemoveSilencesAsync(token);
        });
    }
}
