using VisionRollout.Core.State;

namespace VisionRollout.Core.Report;

/// <summary>One row of the timeline, planned and actual.</summary>
/// <param name="Name">Name of the phase.</param>
/// <param name="Activities">What is done, in the plan's words.</param>
/// <param name="Criterion">When it counts as done, in the plan's words.</param>
/// <param name="PlannedStart">Planned start (UTC).</param>
/// <param name="PlannedEnd">Planned end (UTC); the same as the start for a milestone.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Start">Actual start (UTC); null when it never started.</param>
/// <param name="End">Actual end (UTC); null when it never ended.</param>
/// <param name="Error">What went wrong; empty when nothing did.</param>
public sealed record ReportPhase(string Name, string Activities, string Criterion, DateTimeOffset PlannedStart, DateTimeOffset PlannedEnd,
    ActivityStatus Status, DateTimeOffset? Start, DateTimeOffset? End, string Error);
