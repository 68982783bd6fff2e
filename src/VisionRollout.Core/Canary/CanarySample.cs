using VisionRollout.Core.Evidence;

namespace VisionRollout.Core.Canary;

/// <summary>One judgement of the canary: what both colours showed since the stage began, and what follows.</summary>
public sealed record CanarySample
{
    /// <summary>When (UTC).</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Stage: the new colour's weight in per cent.</summary>
    public required int Percent { get; init; }

    /// <summary>The new colour since the stage began.</summary>
    public required ColourSample Canary { get; init; }

    /// <summary>The old colour since the stage began.</summary>
    public required ColourSample Baseline { get; init; }

    /// <summary>Share of all requests that the new colour received, 0 to 1; null without requests.</summary>
    public double? ObservedShare { get; init; }

    /// <summary>Lower bound of the difference of the error rates (canary − baseline), a share.</summary>
    public double? DeltaLow { get; init; }

    /// <summary>Upper bound of the difference of the error rates, a share.</summary>
    public double? DeltaHigh { get; init; }

    /// <summary>Evidence that the difference is below the tolerance; Go from 1/α on.</summary>
    public double GoEvidence { get; init; }

    /// <summary>Evidence that the difference is above the tolerance; NoGo from 1/α on.</summary>
    public double NoGoEvidence { get; init; }

    /// <summary>Evidence that the canary is worse at all.</summary>
    public double RegressionEvidence { get; init; }

    /// <summary>Evidence that the canary has turned bad after a good stretch; NoGo from <see cref="NoGoBound"/> on.</summary>
    public double LateEvidence { get; init; }

    /// <summary>True when the canary is proven worse, be it within the tolerance.</summary>
    public bool Regression { get; init; }

    /// <summary>Error rate and latency together.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>One sentence: why.</summary>
    public required string Reason { get; init; }

    /// <summary>Evidence that makes a Go.</summary>
    public double GoBound { get; init; }

    /// <summary>Evidence that makes a NoGo or a Regression.</summary>
    public double NoGoBound { get; init; }

    /// <summary>Lower bound of the difference of the 99th percentiles in milliseconds; null while there is none.</summary>
    public double? LatencyDeltaLow { get; init; }

    /// <summary>Upper bound of the difference of the 99th percentiles in milliseconds; null while there is none.</summary>
    public double? LatencyDeltaHigh { get; init; }

    /// <summary>By how much the evidence was divided because errors arrive in bursts; 1 when they don't.</summary>
    public double Dispersion { get; init; } = 1;

    /// <summary>Requests of the old colour before the canary, from which the prior comes.</summary>
    public double HistoryRequests { get; init; }

    /// <summary>Errors among them.</summary>
    public double HistoryErrors { get; init; }

    /// <summary>Why data is missing or unusable; while there is any, the verdict is never Go.</summary>
    public IReadOnlyList<string> Problems { get; init => field = IndexedList.Of(value); } = [];

    /// <summary>What was handled and is worth knowing: counters reset, pods gone.</summary>
    public IReadOnlyList<string> Notes { get; init => field = IndexedList.Of(value); } = [];

    /// <summary>Estimate of the canary requests that are missing for a decision; null when decided or not known.</summary>
    public double? RequestsMissing { get; init; }

    /// <summary>The findings ErrorRateDelta and LatencyDelta.</summary>
    public IReadOnlyList<Finding> Findings { get; init => field = IndexedList.Of(value); } = [];
}
