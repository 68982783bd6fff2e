namespace VisionRollout.Core.Statistics;

/// <summary>A share with its exact bounds (Clopper and Pearson, Biometrika 26, 1934): each end alone is wrong with a probability of at most α,
/// whatever the number of trials. For one look at the end; it does not hold for a share that is looked at again and again.</summary>
/// <param name="Share">Hits per trial, 0 to 1; null without trials.</param>
/// <param name="Low">Lower bound, 0 to 1.</param>
/// <param name="High">Upper bound, 0 to 1.</param>
public readonly record struct BinomialInterval(double? Share, double Low, double High)
{
    /// <summary>The bounds of a share.</summary>
    /// <param name="trials">Number of trials, at least 0.</param>
    /// <param name="hits">Hits among them, 0 to <paramref name="trials"/>.</param>
    /// <param name="alpha">Error probability of each bound, 0 to 1 exclusive.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public static BinomialInterval Of(double trials, double hits, double alpha)
    {
        if (!(trials >= 0)) throw new ArgumentOutOfRangeException(nameof(trials), trials, "At least 0.");
        if (!(hits >= 0 && hits <= trials)) throw new ArgumentOutOfRangeException(nameof(hits), hits, "From 0 to the number of trials.");
        if (!(alpha > 0 && alpha < 1)) throw new ArgumentOutOfRangeException(nameof(alpha), alpha, "Between 0 and 1.");
        if (trials == 0) return new(null, 0, 1);
        var low = hits == 0 ? 0 : IncompleteBeta.Quantile(alpha, hits, trials - hits + 1);
        var high = hits == trials ? 1 : IncompleteBeta.Quantile(1 - alpha, hits + 1, trials - hits);
        return new(hits / trials, low, high);
    }

    /// <summary>How many trials without any further hit it takes until the upper bound lies below a limit.</summary>
    /// <param name="hits">Hits so far.</param>
    /// <param name="limit">Limit, 0 to 1 exclusive.</param>
    /// <param name="alpha">Error probability, 0 to 1 exclusive.</param>
    public static long TrialsToStayBelow(double hits, double limit, double alpha)
    {
        var (low, high) = ((long)hits, (long)hits + 1);
        while (Of(high, hits, alpha).High >= limit) (low, high) = (high, high * 2);
        while (high - low > 1)
        {
            var middle = low + ((high - low) / 2);
            if (Of(middle, hits, alpha).High >= limit) low = middle;
            else high = middle;
        }

        return high;
    }
}
