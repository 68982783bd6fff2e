using VisionRollout.Core.Evidence;

namespace VisionRollout.Core.Statistics;

/// <summary>What the counts so far say about the error rates.</summary>
public sealed record RateAssessment
{
    /// <summary>Go: the rise is shown to be below the tolerance. NoGo: it is shown to be above.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>True when the canary is shown to be worse at all, even within the tolerance.</summary>
    public required bool Regression { get; init; }

    /// <summary>One sentence: why this answer, and what is missing.</summary>
    public required string Reason { get; init; }

    /// <summary>Evidence against "worse by at least the tolerance", from 0; Go from 1/α.</summary>
    public required double GoEvidence { get; init; }

    /// <summary>Evidence against "worse by at most the tolerance", from 0; NoGo from <see cref="NoGoBound"/>.</summary>
    public required double NoGoEvidence { get; init; }

    /// <summary>Evidence against "not worse", from 0; Regression from <see cref="NoGoBound"/>.</summary>
    public required double RegressionEvidence { get; init; }

    /// <summary>Evidence that makes a Go: 1/α.</summary>
    public required double GoBound { get; init; }

    /// <summary>Evidence that makes a NoGo or a Regression: metrics/α.</summary>
    public required double NoGoBound { get; init; }

    /// <summary>Lower end of the rise of the error rate, a share, −1 to 1: the rise is below it with probability at most α/metrics
    /// at any time. Above the tolerance exactly when the verdict is NoGo.</summary>
    public required double DeltaLow { get; init; }

    /// <summary>Upper end of the rise of the error rate, a share, −1 to 1: the rise is above it with probability at most α at any
    /// time. Below the tolerance exactly when the evidence is enough for a Go.</summary>
    public required double DeltaHigh { get; init; }

    /// <summary>Canary requests until a verdict when the rates stay as they are, about; 0 when it is decided, null when no number of
    /// requests would decide (the rise is as large as the tolerance).</summary>
    public required long? RequestsMissing { get; init; }

    /// <summary>By how much the log evidence was divided because errors arrive in bursts; 1 when they don't.</summary>
    public required double Dispersion { get; init; }

    /// <summary>Counts of the current stage.</summary>
    public required RateCounts Stage { get; init; }

    /// <summary>Counts of all stages, for display; they are never judged as one.</summary>
    public required RateCounts Total { get; init; }

    /// <summary>Error rate of the canary in the current stage with its confidence sequence.</summary>
    public required RateInterval Canary { get; init; }

    /// <summary>Error rate of the baseline in the current stage with its confidence sequence.</summary>
    public required RateInterval Baseline { get; init; }
}
