namespace VisionRollout.Core.Metrics;

/// <summary>One bucket of a cumulative histogram.</summary>
/// <param name="UpperEdge">Milliseconds; positive infinity for the last one.</param>
/// <param name="Count">Requests that took at most <paramref name="UpperEdge"/>.</param>
public readonly record struct HistogramBucket(double UpperEdge, double Count);
