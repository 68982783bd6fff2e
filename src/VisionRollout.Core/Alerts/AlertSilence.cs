using VisionRollout.Core.Evidence;

namespace VisionRollout.Core.Alerts;

/// <summary>A silence of alerts for the time of a release.</summary>
public sealed record AlertSilence
{
    /// <summary>Identity; empty until it is made.</summary>
    public string Id { get; init; } = "";

    /// <summary>Conditions; an alert is silenced when all hold.</summary>
    public required IReadOnlyList<SilenceMatcher> Matchers { get; init => field = IndexedList.Of(value); }

    /// <summary>Beginning (UTC).</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>End (UTC).</summary>
    public required DateTimeOffset Until { get; init; }

    /// <summary>Who made it.</summary>
    public required string CreatedBy { get; init; }

    /// <summary>Why.</summary>
    public required string Comment { get; init; }
}
