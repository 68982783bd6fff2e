using VisionRollout.Core.Journal;

namespace VisionRollout.Core.State;

/// <summary>Where a gate stands.</summary>
public sealed record GateState
{
    /// <summary>Name.</summary>
    public required string Gate { get; init; }

    /// <summary>When it was opened and on which evidence; null before.</summary>
    public GateOpened? Opened { get; init; }

    /// <summary>When it was opened (UTC).</summary>
    public DateTimeOffset? OpenedAt { get; init; }

    /// <summary>Approvals in order, with their time.</summary>
    public IReadOnlyList<(DateTimeOffset At, GateApproved Approval)> Approvals { get; init; } = [];

    /// <summary>Why earlier approvals have expired, the newest reason; empty when none have.</summary>
    public string Expired { get; init; } = "";

    /// <summary>How often approvals have expired.</summary>
    public int Expiries { get; init; }

    /// <summary>The first denial; null when there is none.</summary>
    public GateDenied? Denial { get; init; }

    /// <summary>The decision; null before.</summary>
    public GateDecided? Decision { get; init; }
}
