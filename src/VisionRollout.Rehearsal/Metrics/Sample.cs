namespace VisionRollout.Rehearsal.Metrics;

/// <summary>A value at a time.</summary>
/// <param name="Milliseconds">Since the Unix epoch.</param>
/// <param name="Value">The value; NaN is possible.</param>
internal readonly record struct Sample(long Milliseconds, double Value);
