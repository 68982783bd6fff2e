using System.Text.Json;
using VisionRollout.Core.Journal;

namespace VisionRollout.Core.State;

/// <summary>Where a step stands.</summary>
public sealed record StepState
{
    /// <summary>Phase.</summary>
    public required string Phase { get; init; }

    /// <summary>Step.</summary>
    public required string Step { get; init; }

    /// <summary>Status.</summary>
    public required ActivityStatus Status { get; init; }

    /// <summary>When it was last started (UTC).</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it ended (UTC).</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>How often it was started.</summary>
    public int Attempts { get; init; } = 1;

    /// <summary>Recorded output (an array); null until completed.</summary>
    public JsonElement? Output { get; init; }

    /// <summary>What went wrong; null when nothing did.</summary>
    public StepFailed? Failure { get; init; }
}
