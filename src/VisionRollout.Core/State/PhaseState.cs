namespace VisionRollout.Core.State;

/// <summary>Where a phase stands.</summary>
public sealed record PhaseState
{
    /// <summary>Phase.</summary>
    public required string Phase { get; init; }

    /// <summary>Status.</summary>
    public required ActivityStatus Status { get; init; }

    /// <summary>When it was first started (UTC).</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it ended (UTC).</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>What went wrong; empty when nothing did.</summary>
    public string Error { get; init; } = "";

    /// <summary>Trigger of the risk matrix; empty when nothing went wrong or none was named.</summary>
    public string Trigger { get; init; } = "";
}
