namespace VisionRollout.Rehearsal.Mesh;

/// <summary>The routes in force, numbered in order.</summary>
/// <param name="Number">Rises by one with every change that the gateway takes.</param>
/// <param name="Table">The routes.</param>
/// <param name="Weights">Colour to share (0 to 100) of requests without the canary header.</param>
/// <param name="HeaderWeights">Colour to share (0 to 100) of requests with the canary header.</param>
internal sealed record RouteSnapshot(
    long Number, RouteTable Table, IReadOnlyDictionary<string, double> Weights, IReadOnlyDictionary<string, double> HeaderWeights);
