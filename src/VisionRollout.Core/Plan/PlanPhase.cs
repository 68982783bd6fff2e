namespace VisionRollout.Core.Plan;

/// <summary>One row of the timeline.</summary>
public sealed record PlanPhase
{
    /// <summary>Name, e.g. <c>Canary</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Start, time of day UTC.</summary>
    public required TimeOnly Start { get; init; }

    /// <summary>Planned duration; zero for the last row.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>What is done.</summary>
    public string Activities { get; init; } = "";

    /// <summary>When it counts as done, in words.</summary>
    public string Criterion { get; init; } = "";
}
