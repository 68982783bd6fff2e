using System.Management.Automation;
using VisionRollout.Shell;

namespace VisionRollout.Module.Tests.Shell;

/// <summary>A cmdlet whose work a test hands in.</summary>
[Cmdlet(VerbsDiagnostic.Test, "Pump")]
public sealed class PumpCmdlet : RolloutCmdlet
{
    /// <summary>The work: <c>Func&lt;IShell, CancellationToken, Task&gt;</c>.</summary>
    [Parameter(Mandatory = true)]
    public object Work { get; set; } = "";

    /// <summary>An item; with it, a failure concerns the item only.</summary>
    [Parameter(ValueFromPipeline = true)]
    public string? Item { get; set; }

    protected override void ProcessRecord()
    {
        var work = (Func<IShell, CancellationToken, Task>)(Work is PSObject wrapped ? wrapped.BaseObject : Work);
        if (Item is null) Run(work);
        else RunItem(Item, work);
    }
}
