namespace VisionRollout.Core.Report;

/// <summary>One line of a plot.</summary>
/// <param name="Name">Name in the legend.</param>
/// <param name="Class">Style class that gives colour and dashes.</param>
/// <param name="Points">Points in order of time.</param>
/// <param name="Steps">True: the value holds until the next point.</param>
internal sealed record PlotSeries(string Name, string Class, IReadOnlyList<PlotPoint> Points, bool Steps = false);
