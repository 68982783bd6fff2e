namespace VisionRollout.Core.Plan;

/// <summary>The canary: stages and how they are judged.</summary>
public sealed record PlanCanary
{
    /// <summary>Stages with ascending weights.</summary>
    public required IReadOnlyList<PlanStage> Stages { get; init; }

    /// <summary>Time between two readings.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Tolerated rise of the error rate, a share (0.001 = 0.1 percentage points).</summary>
    public double ErrorRateDelta { get; init; } = 0.001;

    /// <summary>Tolerated rise of the 99th percentile of the response time.</summary>
    public TimeSpan LatencyDelta { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>Error probability of the judge, 0 to 0.5 exclusive.</summary>
    public double Alpha { get; init; } = 0.05;

    /// <summary>What a stage does that is undecided at its deadline.</summary>
    public UndecidedAction WhenUndecided { get; init; } = UndecidedAction.Hold;

    /// <summary>Longest time by which an undecided stage is extended.</summary>
    public TimeSpan Extension { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>What a regression within the tolerance does.</summary>
    public RegressionAction OnRegression { get; init; } = RegressionAction.Warn;

    /// <summary>What the start does when a stage can't be decided in its dwell at the present traffic.</summary>
    public UndecidableAction WhenUndecidable { get; init; } = UndecidableAction.Warn;

    /// <summary>True: a stage that is decided Go ends before its dwell is over, after <see cref="LeastDwell"/>. False: it stays to the end.</summary>
    public bool EarlyGo { get; init; }

    /// <summary>Least time of a stage that ends early.</summary>
    public TimeSpan LeastDwell { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Highest CPU use of any pod, a share of its limit.</summary>
    public double CpuLimit { get; init; } = 0.70;

    /// <summary>Highest memory use of any pod, a share of its limit.</summary>
    public double MemoryLimit { get; init; } = 0.80;
}
