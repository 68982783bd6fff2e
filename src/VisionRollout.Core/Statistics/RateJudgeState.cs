namespace VisionRollout.Core.Statistics;

/// <summary>All that the judge of error rates knows; serialisable, so that a restarted rollout judges on.</summary>
public sealed record RateJudgeState
{
    /// <summary>What it is asked.</summary>
    public required RateJudgeSettings Settings { get; init; }

    /// <summary>Requests of the baseline before the first block.</summary>
    public double HistoryRequests { get; init; }

    /// <summary>Errors among them.</summary>
    public double HistoryErrors { get; init; }

    /// <summary>Blocks in order; the last one is open.</summary>
    public IReadOnlyList<RateBlock> Blocks { get; init; } = [];
}
