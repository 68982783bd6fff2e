namespace VisionRollout.Core.Plan;

/// <summary>One success criterion.</summary>
public sealed record PlanCriterion
{
    /// <summary>Name for people, e.g. <c>Response Time</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Technical, Business or Operational.</summary>
    public required string Category { get; init; }

    /// <summary>One of <see cref="SuccessMetrics"/>.</summary>
    public required string Metric { get; init; }

    /// <summary><c>Above</c>, <c>Below</c>, <c>AtLeast</c> or <c>AtMost</c>.</summary>
    public required Comparison Comparison { get; init; }

    /// <summary>Limit in the metric's unit (share, ms, requests/s, s, count).</summary>
    public required double Limit { get; init; }
}
