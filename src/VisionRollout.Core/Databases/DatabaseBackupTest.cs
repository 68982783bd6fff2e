using VisionRollout.Core.Evidence;

namespace VisionRollout.Core.Databases;

/// <summary>Answer of a test restore.</summary>
public sealed record DatabaseBackupTest
{
    /// <summary>The plan's service.</summary>
    public required string Service { get; init; }

    /// <summary>Label of the backup.</summary>
    public required string Label { get; init; }

    /// <summary>Location of the backup.</summary>
    public required string Location { get; init; }

    /// <summary>Go: it restores and holds what it held when it was taken.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>What was looked at.</summary>
    public required IReadOnlyList<Finding> Findings { get; init => field = IndexedList.Of(value); }

    /// <summary>Where the evidence is kept.</summary>
    public required string Evidence { get; init; }

    /// <summary>How long it took.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>When it was tested (UTC).</summary>
    public required DateTimeOffset TestedAt { get; init; }
}
