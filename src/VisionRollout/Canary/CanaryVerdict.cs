using VisionRollout.Core.Evidence;

namespace VisionRollout;

/// <summary>What the recorded counts of a canary prove, from the first interval up to and including one.</summary>
public sealed record CanaryVerdict
{
    /// <summary>Stage of the interval.</summary>
    public required string Stage { get; init; }

    /// <summary>Go: the rise of the error rate is proven to be below the tolerance. NoGo: it is proven to be above.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>True when the canary is proven worse at all, be it within the tolerance.</summary>
    public required bool Regression { get; init; }

    /// <summary>One sentence: why this answer, and what is missing.</summary>
    public required string Reason { get; init; }

    /// <summary>Evidence against a rise of at least the tolerance; Go from 1/α on.</summary>
    public required double GoEvidence { get; init; }

    /// <summary>Evidence against a rise of at most the tolerance; NoGo from 1/α on.</summary>
    public required double NoGoEvidence { get; init; }

    /// <summary>Evidence against "not worse"; Regression from 1/α on.</summary>
    public required double RegressionEvidence { get; init; }

    /// <summary>Lower end of the rise of the error rate, a share, −1 to 1.</summary>
    public required double DeltaLow { get; init; }

    /// <summary>Upper end of the rise of the error rate, a share, −1 to 1.</summary>
    public required double DeltaHigh { get; init; }

    /// <summary>Canary requests until a verdict when the rates stay as they are, about; 0 when it is decided, null when no number of
    /// requests would decide.</summary>
    public required long? RequestsMissing { get; init; }

    /// <summary>By how much the log evidence was divided because errors arrive in bursts; 1 when they don't.</summary>
    public required double Dispersion { get; init; }

    /// <summary>Requests of the canary in this stage so far.</summary>
    public required double CanaryRequests { get; init; }

    /// <summary>Errors per request of the canary in this stage, 0 to 1; null without requests.</summary>
    public required double? CanaryErrorRate { get; init; }

    /// <summary>Requests of the baseline in this stage so far.</summary>
    public required double BaselineRequests { get; init; }

    /// <summary>Errors per request of the baseline in this stage, 0 to 1; null without requests.</summary>
    public required double? BaselineErrorRate { get; init; }
}
