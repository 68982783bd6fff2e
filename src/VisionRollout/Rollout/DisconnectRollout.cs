using System.Management.Automation;
using VisionRollout.Shell;

namespace VisionRollout;

/// <summary>Closes a session: its clients, and the default of this runspace when it is that one.</summary>
/// <example><code>Disconnect-Rollout</code><para>Closes the default session.</para></example>
[Cmdlet(VerbsCommunications.Disconnect, "Rollout")]
[OutputType(typeof(void))]
public sealed class DisconnectRollout : RolloutCmdlet
{
    /// <summary>The session. Default: the one of this runspace.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    public RolloutSession? Session { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var session = Session ?? RolloutSession.Default;
        if (session is null) return;
        if (ReferenceEquals(session, RolloutSession.Default)) RolloutSession.Default = null;
        Run(async (_, _) => await session.DisposeAsync());
    }
}
