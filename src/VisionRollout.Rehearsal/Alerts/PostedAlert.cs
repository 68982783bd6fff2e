namespace VisionRollout.Rehearsal.Alerts;

/// <summary>An alert as <c>POST /api/v2/alerts</c> carries it.</summary>
internal sealed record PostedAlert
{
    /// <summary>Its labels.</summary>
    public required Dictionary<string, string> Labels { get; init; }

    /// <summary>Its annotations.</summary>
    public Dictionary<string, string> Annotations { get; init; } = [];

    /// <summary>When it began; by default now.</summary>
    public DateTimeOffset? StartsAt { get; init; }

    /// <summary>When it ended; by default it goes on for five minutes.</summary>
    public DateTimeOffset? EndsAt { get; init; }

    /// <summary>Where it comes from.</summary>
    public string GeneratorURL { get; init; } = string.Empty;
}
