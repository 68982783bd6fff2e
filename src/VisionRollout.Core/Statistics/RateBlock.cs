namespace VisionRollout.Core.Statistics;

/// <summary>A stretch of a stage with one share of traffic: the unit of evidence. Its prior is frozen when it begins, its counts are
/// pooled, and the evidence of several blocks multiplies, so that counts of different shares are never pooled (Simpson's paradox).</summary>
public sealed record RateBlock
{
    // A share that differs by more than both is another share: the route changed, or lagged behind the stage. Pooling shares that
    // differ by less than half moves the difference of the rates by a small part of any drift of the common rate.
    private const double ShareDeviations = 5;
    private const double ShareTolerance = 0.5;

    // So few requests on one side or the other are chance, whatever the normal approximation says.
    private const double ShareRequests = 10;

    /// <summary>Stage that it belongs to.</summary>
    public required string Stage { get; init; }

    /// <summary>The baseline's prior, from its history before the block.</summary>
    public required GammaPrior Prior { get; init; }

    /// <summary>Counts so far.</summary>
    public RateCounts Counts { get; init; }

    /// <summary>Scatter of the canary's errors.</summary>
    public ArmDispersion Canary { get; init; } = new();

    /// <summary>Scatter of the baseline's errors.</summary>
    public ArmDispersion Baseline { get; init; } = new();

    /// <summary>True when an interval has the same stage and, as far as its size can tell, the same share.</summary>
    /// <param name="stage">Stage of the interval.</param>
    /// <param name="interval">Its counts.</param>
    public bool Continues(string stage, RateCounts interval)
    {
        if (!string.Equals(stage, Stage, StringComparison.OrdinalIgnoreCase)) return false;
        if (interval.Requests <= 0 || Counts.Requests <= 0) return true;
        var pooled = (Counts + interval).Share;
        var deviation = Math.Sqrt(pooled * (1 - pooled) * ((1 / interval.Requests) + (1 / Counts.Requests)));
        var difference = Math.Abs(interval.Share - Counts.Share);
        return difference <= Math.Max(ShareDeviations * deviation, ShareTolerance * pooled) || difference * interval.Requests <= ShareRequests;
    }

    /// <summary>Adds one interval.</summary>
    /// <param name="interval">Its counts.</param>
    public RateBlock Add(RateCounts interval) => this with
    {
        Counts = Counts + interval,
        Canary = Canary.Add(interval.CanaryRequests, interval.CanaryErrors),
        Baseline = Baseline.Add(interval.BaselineRequests, interval.BaselineErrors),
    };
}
