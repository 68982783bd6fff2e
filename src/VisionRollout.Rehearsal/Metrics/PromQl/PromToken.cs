namespace VisionRollout.Rehearsal.Metrics.PromQl;

/// <summary>A word of a query.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">The word itself; for strings, without quotes and escapes.</param>
/// <param name="Position">Where it starts, from 0.</param>
internal readonly record struct PromToken(PromTokenKind Kind, string Text, int Position);
