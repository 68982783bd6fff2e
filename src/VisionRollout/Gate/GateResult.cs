using VisionRollout.Core.Evidence;

namespace VisionRollout;

/// <summary>Where a gate stands, or how it was decided.</summary>
public sealed record GateResult
{
    /// <summary>Name of the gate.</summary>
    public required string Gate { get; init; }

    /// <summary>Go only when every criterion is Go and the deciders have approved.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>One sentence.</summary>
    public required string Reason { get; init; }

    /// <summary>What the criteria alone say.</summary>
    public required Verdict Criteria { get; init; }

    /// <summary>What the deciders alone say.</summary>
    public required Verdict Deciders { get; init; }

    /// <summary>Roles whose approval is missing.</summary>
    public IReadOnlyList<string> Missing { get; init => field = IndexedList.Of(value); } = [];

    /// <summary>Why earlier approvals have expired, the newest reason; empty when none have.</summary>
    public string Expired { get; init; } = "";

    /// <summary>The evidence.</summary>
    public IReadOnlyList<Finding> Findings { get; init => field = IndexedList.Of(value); } = [];

    /// <summary>True when this is the decision, false when the gate is still open.</summary>
    public bool Decided { get; init; }

    /// <summary>When (UTC).</summary>
    public DateTimeOffset At { get; init; }
}
