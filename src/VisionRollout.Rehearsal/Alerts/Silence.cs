namespace VisionRollout.Rehearsal.Alerts;

/// <summary>A silence: alerts that meet all of its conditions do not notify while it lasts.</summary>
internal sealed record Silence
{
    /// <summary>Its id; empty asks for a new one.</summary>
    public string Id { get; init; } = string.Empty;

    /// <summary>Its conditions.</summary>
    public required IReadOnlyList<AlertMatcher> Matchers { get; init; }

    /// <summary>When it begins.</summary>
    public required DateTimeOffset StartsAt { get; init; }

    /// <summary>When it ends.</summary>
    public required DateTimeOffset EndsAt { get; init; }

    /// <summary>Who made it.</summary>
    public required string CreatedBy { get; init; }

    /// <summary>Why.</summary>
    public required string Comment { get; init; }

    /// <summary>When it was last changed.</summary>
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary><c>pending</c>, <c>active</c> or <c>expired</c> at a time.</summary>
    public string StateAt(DateTimeOffset now) => EndsAt <= now ? "expired" : StartsAt > now ? "pending" : "active";
}
