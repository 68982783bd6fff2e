namespace VisionRollout.Core.Canary;

/// <summary>One judgement of the canary.</summary>
/// <param name="At">When (UTC).</param>
public sealed record CanarySample(DateTimeOffset At);
