namespace VisionRollout.Rehearsal.Metrics.PromQl;

/// <summary>What a query comes to: a <see cref="PromScalar"/>, a <see cref="PromVector"/> or a <see cref="PromMatrix"/>.</summary>
internal abstract record PromValue;
