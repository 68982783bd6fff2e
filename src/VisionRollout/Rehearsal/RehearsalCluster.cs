using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;
using VisionRollout.Adapters.Rehearsal;
using VisionRollout.Core.Plan;

namespace VisionRollout;

/// <summary>A running rehearsal cluster. It ends with Stop-Rehearsal, and with this process at the latest.</summary>
public sealed class RehearsalCluster
{
    // Keeps the processes (and with them their standard input, whose end ends them) alive as long as the runspace that started them.
    private static readonly ConditionalWeakTable<Runspace, List<RehearsalCluster>> Started = [];

    internal RehearsalCluster(RehearsalProcess process, string environment)
    {
        Process = process;
        Environment = environment;
    }

    /// <summary>Environment of the plan that it stands for.</summary>
    public string Environment { get; }

    /// <summary>Addresses for Connect-Rollout -Endpoint.</summary>
    public RolloutEndpoints Endpoint => Process.Endpoints;

    /// <summary>Path of the kubeconfig, for kubectl.</summary>
    public string? KubeConfig => Process.Endpoints.KubeConfig;

    /// <summary>Address of the gateway.</summary>
    public Uri? Gateway => Process.Endpoints.Gateway;

    /// <summary>Address of the control endpoints.</summary>
    public Uri Control => Process.Control;

    /// <summary>Process id.</summary>
    public int Id => Process.Id;

    /// <summary>True while it runs.</summary>
    public bool IsRunning => Process.IsRunning;

    internal RehearsalProcess Process { get; }

    internal static List<RehearsalCluster> OfRunspace() => Started.GetOrCreateValue(Runspace.DefaultRunspace);
}
