namespace VisionRollout.Rehearsal.Metrics.PromQl;

/// <summary>A value with its labels.</summary>
internal readonly record struct PromElement(LabelSet Labels, double Value);
