namespace VisionRollout.Core.Statistics;

/// <summary>What the judge of response times is asked.</summary>
public sealed record LatencyJudgeSettings
{
    /// <summary>Tolerated rise of the quantile in milliseconds, greater than 0.</summary>
    public double Delta { get; init; } = 10;

    /// <summary>The quantile, 0 to 1 exclusive.</summary>
    public double Quantile { get; init; } = 0.99;

    /// <summary>Chance of a false verdict over the whole rollout, 0 to 0.5 exclusive.</summary>
    public double Alpha { get; init; } = 0.05;

    /// <summary>How many metrics the same canary is judged on: NoGo gets α over this many; Go needs no correction. At least 1.</summary>
    public int Metrics { get; init; } = 1;

    /// <summary>Number of requests of an arm at which the intervals are narrowest.</summary>
    public double OptimisedFor { get; init; } = 10_000;

    /// <summary>Refuses values outside their ranges.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public void Validate()
    {
        if (!(Delta > 0)) throw new ArgumentOutOfRangeException(nameof(Delta), Delta, "Delta is a number of milliseconds above 0.");
        if (!(Quantile > 0 && Quantile < 1)) throw new ArgumentOutOfRangeException(nameof(Quantile), Quantile, "A quantile lies between 0 and 1.");
        if (!(Alpha > 0 && Alpha < 0.5)) throw new ArgumentOutOfRangeException(nameof(Alpha), Alpha, "Alpha is a probability between 0 and 0.5, e.g. 0.05.");
        if (Metrics < 1) throw new ArgumentOutOfRangeException(nameof(Metrics), Metrics, "At least one metric is judged.");
    }
}
