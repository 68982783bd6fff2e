namespace VisionRollout.Rehearsal.Metrics.PromQl;

/// <summary>Where and when a query is evaluated.</summary>
/// <param name="Store">The series.</param>
/// <param name="Milliseconds">The time, since the Unix epoch.</param>
internal sealed record PromContext(TimeSeriesStore Store, long Milliseconds);
