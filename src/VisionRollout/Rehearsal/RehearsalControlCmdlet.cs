using System.Management.Automation;
using VisionRollout.Adapters.Rehearsal;
using VisionRollout.Core.Errors;
using VisionRollout.Shell;

namespace VisionRollout;

/// <summary>Base of the cmdlets that talk to a running rehearsal cluster.</summary>
public abstract class RehearsalControlCmdlet : RolloutCmdlet
{
    /// <summary>The cluster. Default: the one that was started last in this runspace.</summary>
    [Parameter(ValueFromPipeline = true)]
    public RehearsalCluster? Rehearsal { get; set; }

    /// <summary>Address of the control endpoints of a cluster that another process has started.</summary>
    [Parameter]
    public Uri? Control { get; set; }

    private RehearsalCluster? started;

    /// <summary>Finds the cluster of this runspace; later, work off the pipeline thread has no runspace.</summary>
    protected override void BeginProcessing() => started = RehearsalCluster.OfRunspace().LastOrDefault();

    private protected RehearsalControl Open()
    {
        var address = Control ?? (Rehearsal ?? started)?.Control
            ?? throw new RolloutException("NoRehearsal", RolloutErrorKind.InvalidState, "No rehearsal cluster was started in this runspace.", "Run Start-Rehearsal first, or pass -Control.");
        return new RehearsalControl(address);
    }
}
