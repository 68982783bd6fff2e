namespace VisionRollout.Core.Canary;

/// <summary>One side of a comparison.</summary>
/// <param name="Colour">Colour.</param>
/// <param name="Deployments">Its Deployments, at least one.</param>
public sealed record CanaryArm(string Colour, IReadOnlyCollection<string> Deployments);
