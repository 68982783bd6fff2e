namespace VisionRollout;

/// <summary>A canary stage that has begun: its traffic was moved and confirmed.</summary>
public sealed record CanaryStage
{
    /// <summary>The new colour's weight in per cent.</summary>
    public required int Percent { get; init; }

    /// <summary>The new colour.</summary>
    public required string Colour { get; init; }

    /// <summary>When it began (UTC).</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>When its dwell ends (UTC).</summary>
    public DateTimeOffset Until { get; init; }

    /// <summary>Share of requests that was observed at the new colour; null when it could not be observed.</summary>
    public double? ObservedShare { get; init; }

    /// <summary>How the move was confirmed.</summary>
    public string Confirmation { get; init; } = "";
}
