using System.Management.Automation;
using VisionRollout.Core.Journal;
using VisionRollout.Shell;

namespace VisionRollout;

/// <summary>Denies a gate in the name of one of its deciders: one denial is enough to close it.</summary>
/// <remarks>Works from any shell that is connected to the same environment and journal. The caller's identity in the cluster is recorded.</remarks>
/// <example><code>Deny-RolloutGate Cutover -Role CTO -Reason 'Marketing event at 13:00'</code><para>Denies the cutover.</para></example>
[Cmdlet(VerbsLifecycle.Deny, "RolloutGate", SupportsShouldProcess = true)]
[OutputType(typeof(GateDenied))]
public sealed class DenyRolloutGate : GateCmdlet
{
    /// <summary>Role in which the caller decides.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(RoleCompleter))]
    public string Role { get; set; } = "";

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
            var role = FindDecider(gate, Role);
            await Current.StateAsync(token);
            var denial = new GateDenied(gate.Name, role, await AuthenticateAsync(Current, role, token), Reason);
            await Current.RecordAsync(denial, token);
            if (PassThru) shell.Write(denial);
        });
    }
}
