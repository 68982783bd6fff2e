namespace VisionRollout.Core.Statistics;

/// <summary>All that the judge of response times knows; serialisable, so that a restarted rollout judges on.</summary>
public sealed record LatencyJudgeState
{
    /// <summary>What it is asked.</summary>
    public required LatencyJudgeSettings Settings { get; init; }

    /// <summary>The current stage; empty before the first.</summary>
    public string Stage { get; init; } = "";

    /// <summary>Number of the stage, from 1; 0 before the first.</summary>
    public int StageNumber { get; init; }

    /// <summary>The canary's response times in this stage.</summary>
    public LatencyHistogram Canary { get; init; } = LatencyHistogram.Empty;

    /// <summary>The baseline's response times in this stage.</summary>
    public LatencyHistogram Baseline { get; init; } = LatencyHistogram.Empty;
}
