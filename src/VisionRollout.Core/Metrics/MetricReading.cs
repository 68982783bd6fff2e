namespace VisionRollout.Core.Metrics;

/// <summary>Cumulative counters at one moment.</summary>
/// <param name="At">Evaluation time (UTC).</param>
/// <param name="Pods">One entry per pod that the source knows.</param>
/// <param name="Problems">Named reasons why data is missing or unusable (no series, NaN, stale); empty when all is well.</param>
public sealed record MetricReading(DateTimeOffset At, IReadOnlyList<PodCounters> Pods, IReadOnlyList<string> Problems);
