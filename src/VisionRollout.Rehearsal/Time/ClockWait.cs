namespace VisionRollout.Rehearsal.Time;

/// <summary>The body of <c>POST /clock/wait</c>.</summary>
/// <param name="Until">The virtual time to wait for.</param>
internal sealed record ClockWait(DateTimeOffset? Until);
