namespace VisionRollout.Rehearsal.Metrics.PromQl;

/// <summary>Raw samples of some series; every series has at least one.</summary>
/// <param name="Series">The series.</param>
/// <param name="StartMs">The start of the range (exclusive).</param>
/// <param name="EndMs">The end of the range (inclusive).</param>
internal sealed record PromMatrix(IReadOnlyList<SampledSeries> Series, long StartMs, long EndMs) : PromValue;
