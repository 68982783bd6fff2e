using System.Management.Automation;
using VisionRollout.Adapters.Rehearsal;
using VisionRollout.Core.Journal;
using VisionRollout.Shell;

namespace VisionRollout;

/// <summary>Shows what clients of a rehearsal cluster saw: requests lost, repeated, misrouted, and writes missing in the databases.</summary>
/// <remarks>The figures come from real HTTP requests with sequence numbers that the cluster sends through its gateway all the time. When a rollout
/// is under way in the session, they are recorded in its journal, so that the report shows them.</remarks>
/// <example><code>Get-RehearsalTraffic</code><para>Shows the probe's figures so far.</para></example>
[Cmdlet(VerbsCommon.Get, "RehearsalTraffic")]
[OutputType(typeof(RehearsalTraffic))]
public sealed class GetRehearsalTraffic : RehearsalControlCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord() => Run(async (shell, token) =>
    {
        using var control = Open();
        var traffic = await control.ReadTrafficAsync(token);
        shell.Write(traffic);
        if (Default is { } session)
            await session.RecordAsync(new TrafficMeasured(traffic.Requests, traffic.Lost, traffic.Duplicated, traffic.Misrouted, traffic.AcknowledgedWrites, traffic.MissingWrites, $"probe of the rehearsal cluster at {control.Address}"), token);
    });

    private RolloutSession? Default { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        Default = RolloutSession.Default;
    }
}
