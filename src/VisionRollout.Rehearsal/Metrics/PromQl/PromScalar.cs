namespace VisionRollout.Rehearsal.Metrics.PromQl;

/// <summary>A number.</summary>
internal sealed record PromScalar(double Value) : PromValue;
