namespace VisionRollout.Rehearsal.Mesh;

/// <summary>The weights by colour that the gateway took at a time.</summary>
/// <param name="At">Virtual time.</param>
/// <param name="Weights">Colour to weight, 0 to 100.</param>
internal sealed record RouteChange(DateTimeOffset At, IReadOnlyDictionary<string, double> Weights);
