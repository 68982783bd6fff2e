using VisionRollout.Core.Clock;
using VisionRollout.Core.Plan;

namespace VisionRollout.Adapters;

/// <summary>All outside systems of one environment, each behind its port and made when first used. Safe for concurrent use.</summary>
public sealed class OutsideWorld : IDisposable
{
    private readonly Lazy<IRolloutClock> clock;

    /// <summary>Describes the outside world; nothing is contacted yet.</summary>
    public OutsideWorld(RolloutPlan plan, PlanEnvironment environment)
    {
        Plan = plan;
        Environment = environment;
        clock = new(() => new SystemClock());
    }

    /// <summary>The plan.</summary>
    public RolloutPlan Plan { get; }

    /// <summary>The environment.</summary>
    public PlanEnvironment Environment { get; }

    /// <summary>The clock.</summary>
    public IRolloutClock Clock => clock.Value;

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
