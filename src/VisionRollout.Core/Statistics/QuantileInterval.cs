namespace VisionRollout.Core.Statistics;

/// <summary>Interval that holds a quantile at all times with probability 1 − α.</summary>
/// <param name="Estimate">The quantile as observed, for display; null without data.</param>
/// <param name="Low">Lower end, at least 0.</param>
/// <param name="High">Upper end; null when the data set no bound yet.</param>
public readonly record struct QuantileInterval(double? Estimate, double Low, double? High);
