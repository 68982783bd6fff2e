namespace VisionRollout.Core.Statistics;

/// <summary>All that the guard on late faults knows; serialisable, so that a restarted rollout goes on.</summary>
public sealed record LateFaultState
{
    /// <summary>What it is asked.</summary>
    public required RateJudgeSettings Settings { get; init; }

    /// <summary>Requests of the baseline so far, with its history.</summary>
    public double BaselineRequests { get; init; }

    /// <summary>Errors among them.</summary>
    public double BaselineErrors { get; init; }

    /// <summary>The open window of each length.</summary>
    public IReadOnlyList<RateWindow> Windows { get; init; } = [];
}
