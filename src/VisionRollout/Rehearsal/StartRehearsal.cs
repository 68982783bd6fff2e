using System.Management.Automation;
using System.Text.Json;
using System.Text.Json.Serialization;
using VisionRollout.Adapters.Rehearsal;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Plan;
using VisionRollout.Plan;
using VisionRollout.Shell;

namespace VisionRollout;

/// <summary>Starts a rehearsal cluster for an environment of the plan, on this machine.</summary>
/// <remarks>One process of its own on loopback addresses: a Kubernetes API, pods that are real HTTP servers, a mesh gateway, Prometheus' and
/// Alertmanager's APIs, PostgreSQL, webhooks, and a virtual clock. It ends with this process at the latest and leaves nothing behind; several can
/// run side by side. Needs the ASP.NET Core runtime 10 and PostgreSQL's programs (Debian's package postgresql).</remarks>
/// <example><code>$rehearsal = Start-Rehearsal ./rollout.psd1; Connect-Rollout ./rollout.psd1 production -Endpoint $rehearsal.Endpoint</code><para>Starts a cluster and connects to it.</para></example>
/// <example><code>kubectl --kubeconfig $rehearsal.KubeConfig get pods</code><para>A person's own tools work on it.</para></example>
[Cmdlet(VerbsLifecycle.Start, "Rehearsal", SupportsShouldProcess = true)]
[OutputType(typeof(RehearsalCluster))]
public sealed class StartRehearsal : RolloutCmdlet
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>The plan: an object from Import-RolloutPlan or the path of its file.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [PlanArgument]
    public RolloutPlan Plan { get; set; } = null!;

    /// <summary>Name of the environment to stand for.</summary>
    [Parameter(Position = 1)]
    public string Environment { get; set; } = "production";

    /// <summary>Version that is live at the start.</summary>
    [Parameter]
    public string LiveVersion { get; set; } = "v1.0.0";

    /// <summary>Versions that can be rolled out. Any other image tag can't be pulled.</summary>
    [Parameter]
    public string[] Version { get; set; } = ["v1.1.0"];

    /// <summary>Simulated requests per second of virtual time.</summary>
    [Parameter]
    [ValidateRange(0, 1_000_000)]
    public double DemandPerSecond { get; set; } = 12_000;

    /// <summary>Real probe requests per second of real time.</summary>
    [Parameter]
    [ValidateRange(0, 2_000)]
    public double ProbesPerSecond { get; set; } = 60;

    /// <summary>Pods per service and colour.</summary>
    [Parameter]
    [ValidateRange(1, 50)]
    public int Replicas { get; set; } = 2;

    /// <summary>Seed of everything that is drawn at random.</summary>
    [Parameter]
    public int Seed { get; set; } = 42;

    /// <summary>Virtual time at the start (UTC). Default: five minutes before the plan's first phase, today.</summary>
    [Parameter]
    public DateTime? At { get; set; }

    /// <summary>Port of the gateway. Default: any free one.</summary>
    [Parameter]
    [ValidateRange(0, 65535)]
    public int GatewayPort { get; set; }

    /// <summary>Connection string of a PostgreSQL server to use. Default: a private one from the installed programs.</summary>
    [Parameter]
    public string? PostgresConnection { get; set; }

    /// <summary>Also writes the addresses to this JSON file, for a runbook in another process.</summary>
    [Parameter]
    public string? EndpointPath { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        PlanEnvironment? environment = null;
        Run((_, _) =>
        {
            environment = Plan.GetEnvironment(Environment);
            return Task.CompletedTask;
        });
        if (!ShouldProcess($"{Plan.Name} {environment!.Name}", "Start a rehearsal cluster")) return;
        var program = Path.Combine(Path.GetDirectoryName(typeof(StartRehearsal).Assembly.Location)!, "..", "rehearsal", "VisionRollout.Rehearsal.dll");
        RehearsalCluster? cluster = null;
        Run(async (shell, token) =>
        {
            shell.Progress("Starting the rehearsal cluster", "PostgreSQL, Kubernetes API, pods, gateway");
            // Diagnostics come for as long as the cluster runs, which is longer than this pipeline: only those of the start are shown.
            var starting = true;
            var scenario = RehearsalScenario.Describe(Plan, environment!, this);
            var process = await RehearsalProcess.StartAsync(Path.GetFullPath(program), scenario, PostgresConnection, line => ShowWhile(ref starting, shell, line), token);
            Volatile.Write(ref starting, false);
            cluster = new(process, environment!.Name);
            shell.Progress("Starting the rehearsal cluster", "", done: true);
            if (EndpointPath is { } path)
                await File.WriteAllTextAsync(SessionState.Path.GetUnresolvedProviderPathFromPSPath(path), JsonSerializer.Serialize(process.Endpoints, Options), token);
        });
        RehearsalCluster.OfRunspace().Add(cluster!);
        WriteObject(cluster);
    }

    private static void ShowWhile(ref bool starting, IShell shell, string line)
    {
        if (!Volatile.Read(ref starting)) return;
        try
        {
            shell.Verbose(line);
        }
        catch (RolloutException)
        {
            // The pipeline ended between the look and the line.
        }
    }
}
