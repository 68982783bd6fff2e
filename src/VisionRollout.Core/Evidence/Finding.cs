namespace VisionRollout.Core.Evidence;

/// <summary>One piece of evidence: what was measured, where, over which window, against which limit, and what it means.</summary>
public sealed record Finding
{
    /// <summary>What was checked, e.g. <c>ErrorRateDelta</c> or <c>HealthChecks</c>.</summary>
    public required string Criterion { get; init; }

    /// <summary>What it was checked on: a service, a pod, a colour or <c>rollout</c>.</summary>
    public required string Subject { get; init; }

    /// <summary>The answer.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>One sentence for people: why this answer.</summary>
    public required string Reason { get; init; }

    /// <summary>The measured value in <see cref="Unit"/>, where there is one.</summary>
    public double? Measured { get; init; }

    /// <summary>Lower end of the confidence interval, in <see cref="Unit"/>.</summary>
    public double? Low { get; init; }

    /// <summary>Upper end of the confidence interval, in <see cref="Unit"/>.</summary>
    public double? High { get; init; }

    /// <summary>The plan's limit, in <see cref="Unit"/>.</summary>
    public double? Limit { get; init; }

    /// <summary><c>share</c> (0 to 1), <c>ms</c>, <c>s</c>, <c>requests/s</c>, <c>count</c>, or empty.</summary>
    public string Unit { get; init; } = "";

    /// <summary>Where the value comes from, e.g. <c>Prometheus istio_requests_total</c>.</summary>
    public string Source { get; init; } = "";

    /// <summary>Length of the window that the value covers.</summary>
    public TimeSpan? Window { get; init; }

    /// <summary>When it was measured (UTC).</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>What kind of trouble a NoGo is, matched with the triggers of the plan's risk matrix:
    /// <c>migration</c>, <c>deployment</c>, <c>health</c>, <c>error-rate</c>, <c>latency</c>, <c>external</c>, <c>cpu</c>, <c>memory</c>, <c>alert</c>, <c>traffic</c>, <c>database</c>.</summary>
    public string Trigger { get; init; } = "";
}
