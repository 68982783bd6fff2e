namespace VisionRollout.Core.Canary;

/// <summary>What happened between two readings of the counters.</summary>
public sealed record CounterInterval
{
    /// <summary>End of the interval (UTC).</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Its length; null for the first reading, from which counting starts.</summary>
    public TimeSpan? Length { get; init; }

    /// <summary>Counts by colour; on the first reading everything that the pods ever counted.</summary>
    public required IReadOnlyDictionary<string, ColourCounts> Colours { get; init; }

    /// <summary>Why data is missing or unusable; while there is any, nothing may be taken as good.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];

    /// <summary>What was handled and is worth knowing: counters reset, pods gone.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
