namespace VisionRollout.Core.Canary;

/// <summary>Temporary.</summary>
public sealed record CanarySample(DateTimeOffset At);
