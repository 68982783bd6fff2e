using System.Management.Automation;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Plan;
using VisionRollout.Core.State;
using VisionRollout.Plan;
using VisionRollout.Shell;

namespace VisionRollout;

/// <summary>Connects to an environment of a plan and makes the session the default of this runspace.</summary>
/// <remarks>Reads the route and asks the cluster who we are, so that a wrong address or right shows at once.</remarks>
/// <example><code>Connect-Rollout -Plan ./rollout.psd1 -Environment production</code><para>Connects with the addresses that stand in the plan.</para></example>
/// <example><code>Connect-Rollout -Plan ./rollout.psd1 -Environment production -Endpoint $rehearsal.Endpoint</code><para>Connects to a rehearsal cluster instead.</para></example>
[Cmdlet(VerbsCommunications.Connect, "Rollout")]
[OutputType(typeof(RolloutSession))]
public sealed class ConnectRollout : RolloutCmdlet
{
    /// <summary>The plan: an object from Import-RolloutPlan or the path of its file.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [PlanArgument]
    public RolloutPlan Plan { get; set; } = null!;

    /// <summary>Name of the environment in the plan.</summary>
    [Parameter(Position = 1)]
    public string Environment { get; set; } = "production";

    /// <summary>Addresses to use in place of all those that stand in the plan: an object, a hashtable or the path of a JSON file.</summary>
    [Parameter]
    [EndpointArgument]
    public RolloutEndpoints? Endpoint { get; set; }

    /// <summary>Folder of the journals. Default: the variable VISIONROLLOUT_JOURNALS, else a folder of the user.</summary>
    [Parameter]
    public string? JournalPath { get; set; }

    /// <summary>Keeps the journal in its folder only. Otherwise it is also kept in the cluster (ConfigMaps in the environment's namespace), so that
    /// another machine can resume, stop or take back the rollout.</summary>
    [Parameter]
    public SwitchParameter LocalJournal { get; set; }

    /// <summary>How long whoever runs a rollout may be silent before another session takes over, in real time: 3 s to 10 min.</summary>
    [Parameter]
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        PlanEnvironment? environment = null;
        Run((_, _) =>
        {
            environment = Plan.GetEnvironment(Environment);
            if (LeaseDuration >= TimeSpan.FromSeconds(3) && LeaseDuration <= TimeSpan.FromMinutes(10)) return Task.CompletedTask;
            throw new RolloutException("LeaseDurationOutOfRange", RolloutErrorKind.InvalidInput, $"A lease of {LeaseDuration.TotalSeconds:0.#} s is out of range.",
                "Pass a -LeaseDuration from 0:00:03 to 0:10:00.", LeaseDuration);
        });
        if (Endpoint is not null) environment = environment! with { Endpoints = Endpoint };
        var journals = JournalPath is null ? JournalDirectory.DefaultPath : SessionState.Path.GetUnresolvedProviderPathFromPSPath(JournalPath);
        var session = new RolloutSession(Plan, environment!, journals, sharedJournal: !LocalJournal) { LeaseDuration = LeaseDuration };
        try
        {
            Run(async (shell, token) =>
            {
                // A session that this one replaces no longer writes.
                if (RolloutSession.Default is { } replaced) await replaced.Lease.ReleaseAsync();
                var who = await session.World.Objects.WhoAmIAsync(token);
                // One of several routes that can't be read must not keep anybody from taking the others back.
                var route = await session.World.Router.ReadForWayBackAsync(token);
                foreach (var part in route.Parts.Where(part => part.Failure is not null)) shell.Warn(part.Failure!.Message);
                shell.Verbose($"Connected to {session.Environment.Name} as {who}; {RolloutInfo.Weights(route.Weights)}.");
            });
        }
        catch
        {
            session.Dispose();
            throw;
        }

        RolloutSession.Default = session;
        WriteObject(session);
    }
}
