namespace VisionRollout.Rehearsal.Metrics.PromQl;

/// <summary>One value for each of some label sets.</summary>
internal sealed record PromVector(IReadOnlyList<PromElement> Elements) : PromValue;
