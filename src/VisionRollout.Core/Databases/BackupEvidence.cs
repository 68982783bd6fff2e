using VisionRollout.Core.Evidence;

namespace VisionRollout.Core.Databases;

/// <summary>What a test restore showed, kept beside the manifest.</summary>
public sealed record BackupEvidence
{
    /// <summary>Beginning of the evidence's name in the backup's location; the time follows.</summary>
    public const string FilePrefix = "evidence-";

    /// <summary>Version of this format.</summary>
    public int Format { get; init; } = 1;

    /// <summary>Location of the backup.</summary>
    public required string Location { get; init; }

    /// <summary>When it was tested, by the session's clock (UTC).</summary>
    public required DateTimeOffset TestedAt { get; init; }

    /// <summary>How long it took.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Server that it was restored on, e.g. <c>15.14</c>; empty when it came to no restore.</summary>
    public required string Server { get; init; }

    /// <summary>The answer.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>What was looked at.</summary>
    public required IReadOnlyList<Finding> Findings { get; init; }
}
