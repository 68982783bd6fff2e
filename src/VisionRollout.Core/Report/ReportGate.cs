using VisionRollout.Core.Evidence;

namespace VisionRollout.Core.Report;

/// <summary>A gate: its evidence, who decided and how.</summary>
public sealed record ReportGate
{
    /// <summary>Name.</summary>
    public required string Name { get; init; }

    /// <summary>Roles that decide.</summary>
    public IReadOnlyList<string> Deciders { get; init; } = [];

    /// <summary>True: all deciders must approve.</summary>
    public bool RequireAll { get; init; }

    /// <summary>When it was opened (UTC); null when it never was.</summary>
    public DateTimeOffset? OpenedAt { get; init; }

    /// <summary>When it was decided (UTC); null when it never was.</summary>
    public DateTimeOffset? DecidedAt { get; init; }

    /// <summary>The decision; null when it was never decided.</summary>
    public Verdict? Verdict { get; init; }

    /// <summary>Why.</summary>
    public string Reason { get; init; } = "";

    /// <summary>The evidence: of the decision, else of the opening.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];

    /// <summary>Approvals and denials in order.</summary>
    public IReadOnlyList<ReportDecision> Decisions { get; init; } = [];
}
