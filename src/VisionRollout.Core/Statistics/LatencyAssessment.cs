using VisionRollout.Core.Evidence;

namespace VisionRollout.Core.Statistics;

/// <summary>What the response times of the current stage say.</summary>
public sealed record LatencyAssessment
{
    /// <summary>Go: the rise of the quantile is shown to be below the tolerance. NoGo: it is shown to be at least the tolerance.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>One sentence: why this answer, and what is missing.</summary>
    public required string Reason { get; init; }

    /// <summary>The canary's quantile in milliseconds.</summary>
    public required QuantileInterval Canary { get; init; }

    /// <summary>The baseline's quantile in milliseconds.</summary>
    public required QuantileInterval Baseline { get; init; }

    /// <summary>Lower end of the rise in milliseconds; null when the data set no bound yet.</summary>
    public required double? DeltaLow { get; init; }

    /// <summary>Upper end of the rise in milliseconds; null when the data set no bound yet.</summary>
    public required double? DeltaHigh { get; init; }

    /// <summary>Canary requests until a verdict when the distributions stay as they are, about; 0 when it is decided, null when no
    /// number of requests would decide.</summary>
    public required long? RequestsMissing { get; init; }
}
