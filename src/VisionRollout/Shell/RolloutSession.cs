using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;
using VisionRollout.Adapters;
using VisionRollout.Core.Plan;

namespace VisionRollout;

/// <summary>A connection to one environment under one plan: clients, clock and journal. Made by Connect-Rollout.</summary>
public sealed class RolloutSession : IDisposable
{
    private static readonly ConditionalWeakTable<Runspace, RolloutSession> Defaults = [];

    internal RolloutSession(RolloutPlan plan, PlanEnvironment environment)
    {
        Plan = plan;
        Environment = environment;
        World = new OutsideWorld(plan, environment);
    }

    /// <summary>The plan.</summary>
    public RolloutPlan Plan { get; }

    /// <summary>The environment, with the addresses in force.</summary>
    public PlanEnvironment Environment { get; }

    /// <summary>The default session of the current runspace; null when there is none.</summary>
    internal static RolloutSession? Default
    {
        get => Runspace.DefaultRunspace is { } runspace && Defaults.TryGetValue(runspace, out var session) ? session : null;
        set
        {
            if (Runspace.DefaultRunspace is not { } runspace) return;
            Defaults.Remove(runspace);
            if (value is not null) Defaults.Add(runspace, value);
        }
    }

    /// <summary>The outside systems, each behind its port.</summary>
    internal OutsideWorld World { get; }

    /// <inheritdoc/>
    public void Dispose() => World.Dispose();
}
