namespace VisionRollout.Core.Report;

/// <summary>One point of a plot.</summary>
/// <param name="At">Time.</param>
/// <param name="Value">Value.</param>
/// <param name="Low">Lower end of its interval; null when there is none.</param>
/// <param name="High">Upper end of its interval; null when there is none.</param>
/// <param name="Group">Points of different groups are not joined.</param>
internal readonly record struct PlotPoint(DateTimeOffset At, double Value, double? Low = null, double? High = null, int Group = 0);
