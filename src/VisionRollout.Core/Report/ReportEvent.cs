namespace VisionRollout.Core.Report;

/// <summary>Something that happened, for a story in order.</summary>
/// <param name="At">When (UTC).</param>
/// <param name="Title">What.</param>
/// <param name="Detail">More about it; may be empty.</param>
/// <param name="Succeeded">Whether it did what it should; null where that does not apply.</param>
public sealed record ReportEvent(DateTimeOffset At, string Title, string Detail, bool? Succeeded = null);
