namespace VisionRollout.Core.Plan;

/// <summary>One row of the risk matrix.</summary>
public sealed record PlanRisk
{
    /// <summary>Name, e.g. <c>Database migration failure</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Low, Medium or High.</summary>
    public required string Probability { get; init; }

    /// <summary>Low, Medium or High.</summary>
    public required string Impact { get; init; }

    /// <summary>Mitigation in words.</summary>
    public required string Mitigation { get; init; }

    /// <summary>Contingency in words, e.g. <c>Rollback migrations</c>.</summary>
    public required string Contingency { get; init; }

    /// <summary>Triggers (see <see cref="Evidence.Finding.Trigger"/>) that make this risk real.</summary>
    public required IReadOnlyList<string> Triggers { get; init; }

    /// <summary>What the contingency does, in order.</summary>
    public required IReadOnlyList<ContingencyAction> Actions { get; init; }
}
