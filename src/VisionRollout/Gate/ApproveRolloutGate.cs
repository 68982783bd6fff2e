using System.Management.Automation;
using VisionRollout.Core.Journal;
using VisionRollout.Shell;

namespace VisionRollout;

/// <summary>Approves a gate in the name of one of its deciders.</summary>
/// <remarks>Works from any shell that is connected to the same environment and journal. The caller's identity in the cluster is recorded;
/// where the plan names an identity for the role, it must be that one. An approval may be given ahead, for an unattended run.</remarks>
/// <example><code>Approve-RolloutGate Canary -Role 'Tech Lead' -Comment 'Looks good'</code><para>Approves the canary gate as Tech Lead.</para></example>
[Cmdlet(VerbsLifecycle.Approve, "RolloutGate", SupportsShouldProcess = true)]
[OutputType(typeof(GateApproved))]
public sealed class ApproveRolloutGate : GateCmdlet
{
    /// <summary>Role in which the caller decides.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(RoleCompleter))]
    public string Role { get; set; } = "";

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
            var role = FindDecider(gate, Role);
            await Current.StateAsync(token);
            var identity = await AuthenticateAsync(Current, role, token);
            var approval = new GateApproved(gate.Name, role, identity, Comment, Current.Plan.Hash, ValidFor is { } span ? await Current.NowAsync(token) + span : null);
            await Current.RecordAsync(approval, token);
            if (PassThru) shell.Write(approval);
        });
    }
}
