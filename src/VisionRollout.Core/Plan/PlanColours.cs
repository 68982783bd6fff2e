namespace VisionRollout.Core.Plan;

/// <summary>The two colours of the blue-green deployment.</summary>
/// <param name="Label">Label on Deployments and pods that carries the colour, e.g. <c>deployment-color</c>.</param>
/// <param name="Names">Exactly two names, e.g. green and blue.</param>
public sealed record PlanColours(string Label, IReadOnlyList<string> Names)
{
    /// <summary>The other colour.</summary>
    /// <exception cref="ArgumentException">The name is not one of the two.</exception>
    public string Other(string colour) =>
        colour == Names[0] ? Names[1] : colour == Names[1] ? Names[0]
        : throw new ArgumentException($"'{colour}' is no colour of the plan ({string.Join(", ", Names)}).", nameof(colour));
}
