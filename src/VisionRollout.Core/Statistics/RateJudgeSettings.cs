namespace VisionRollout.Core.Statistics;

/// <summary>What the judge of error rates is asked.</summary>
public sealed record RateJudgeSettings
{
    /// <summary>Tolerated rise of the error rate, a share: 0 to 1 exclusive (0.001 = 0.1 percentage points).</summary>
    public double Delta { get; init; } = 0.001;

    /// <summary>Chance of a false verdict over the whole rollout, 0 to 0.5 exclusive.</summary>
    public double Alpha { get; init; } = 0.05;

    /// <summary>How many metrics the same canary is judged on: NoGo and Regression each get α over this many (Bonferroni);
    /// Go needs no correction, because all metrics must pass. At least 1.</summary>
    public int Metrics { get; init; } = 1;

    /// <summary>Refuses values outside their ranges.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public void Validate()
    {
        if (!(Delta > 0 && Delta < 1)) throw new ArgumentOutOfRangeException(nameof(Delta), Delta, "Delta is a share between 0 and 1, e.g. 0.001 for 0.1 percentage points.");
        if (!(Alpha > 0 && Alpha < 0.5)) throw new ArgumentOutOfRangeException(nameof(Alpha), Alpha, "Alpha is a probability between 0 and 0.5, e.g. 0.05.");
        if (Metrics < 1) throw new ArgumentOutOfRangeException(nameof(Metrics), Metrics, "At least one metric is judged.");
    }
}
