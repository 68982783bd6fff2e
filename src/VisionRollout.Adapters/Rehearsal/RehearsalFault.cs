namespace VisionRollout.Adapters.Rehearsal;

/// <summary>A fault of a rehearsal cluster.</summary>
public sealed record RehearsalFault
{
    /// <summary>Identity.</summary>
    public required string Id { get; init; }

    /// <summary>Name, e.g. <c>latency</c>.</summary>
    public required string Name { get; init; }

    /// <summary>scheduled, active or ended.</summary>
    public string State { get; init; } = "";

    /// <summary>Strength in the fault's unit; null: its default.</summary>
    public double? Magnitude { get; init; }

    /// <summary>When it begins (virtual time, UTC).</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>When it ends (virtual time, UTC); null: never.</summary>
    public DateTimeOffset? Until { get; init; }
}
