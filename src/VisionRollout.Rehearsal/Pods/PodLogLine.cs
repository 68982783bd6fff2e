namespace VisionRollout.Rehearsal.Pods;

/// <summary>A line of a container's log.</summary>
/// <param name="At">Virtual time.</param>
/// <param name="Text">The line without its end.</param>
internal readonly record struct PodLogLine(DateTimeOffset At, string Text);
