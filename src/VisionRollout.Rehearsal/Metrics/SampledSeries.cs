namespace VisionRollout.Rehearsal.Metrics;

/// <summary>Some samples of a series, oldest first.</summary>
internal sealed record SampledSeries(LabelSet Labels, IReadOnlyList<Sample> Samples);
