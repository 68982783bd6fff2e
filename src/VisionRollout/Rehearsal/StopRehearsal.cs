using System.Management.Automation;
using VisionRollout.Shell;

namespace VisionRollout;

/// <summary>Stops rehearsal clusters; nothing of them is left.</summary>
/// <example><code>Stop-Rehearsal</code><para>Stops every cluster that was started in this runspace.</para></example>
[Cmdlet(VerbsLifecycle.Stop, "Rehearsal", SupportsShouldProcess = true)]
[OutputType(typeof(void))]
public sealed class StopRehearsal : RolloutCmdlet
{
    /// <summary>The cluster. Default: every one that was started in this runspace.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    public RehearsalCluster[]? Rehearsal { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var own = RehearsalCluster.OfRunspace();
        foreach (var cluster in Rehearsal ?? [.. own])
        {
            if (!ShouldProcess($"Rehearsal cluster {cluster.Id}", "Stop")) continue;
            RunItem(cluster, async (_, _) => await cluster.Process.DisposeAsync());
            own.Remove(cluster);
        }
    }
}
