namespace VisionRollout.Core.Statistics;

/// <summary>The e-processes over all blocks of one state, for any difference δ′ of the rates.</summary>
internal sealed class RateEvaluation
{
    // Until the canary has been read so often, a burst can't be told from a rate: evidence against it counts less.
    private const double FirstReadings = 3;
    private readonly double tolerance;
    private readonly RateCounts[] counts;
    private readonly double[] goNumerators;
    private readonly double[] noGoNumerators;

    public RateEvaluation(IReadOnlyList<RateBlock> blocks, double delta)
    {
        tolerance = delta;
        Dispersion = RateJudge.Scatter(blocks);
        AgainstCanary = Math.Max(Dispersion, FirstReadings / Math.Max(1, blocks.Sum(block => block.Canary.Intervals)));
        counts = new RateCounts[blocks.Count];
        goNumerators = new double[blocks.Count];
        noGoNumerators = new double[blocks.Count];
        for (var index = 0; index < blocks.Count; index++)
        {
            PutForGo(index, blocks[index].Counts, blocks[index].Prior);
            PutForNoGo(index, blocks[index].Counts, blocks[index].Prior);
        }
    }

    /// <summary>By how much the log evidence is divided because errors arrive in bursts (quasi-likelihood, McCullagh and Nelder,
    /// Generalized Linear Models, chapter 9), at least 1.</summary>
    public double Dispersion { get; }

    /// <summary>The same for evidence against the canary.</summary>
    public double AgainstCanary { get; }

    /// <summary>Replaces the counts of one block, as far as <see cref="LogGo"/> needs them.</summary>
    public void PutForGo(int index, RateCounts block, GammaPrior prior)
    {
        counts[index] = block;
        goNumerators[index] = RateEvidence.LogGoNumerator(block, prior);
    }

    /// <summary>Replaces the counts of one block, as far as <see cref="LogNoGo"/> needs them.</summary>
    public void PutForNoGo(int index, RateCounts block, GammaPrior prior)
    {
        counts[index] = block;
        noGoNumerators[index] = RateEvidence.LogNoGoNumerator(block, prior, tolerance);
    }

    /// <summary>Log evidence against a rise of at least <paramref name="delta"/>; never falls when delta grows.</summary>
    public double LogGo(double delta)
    {
        var sum = 0.0;
        for (var index = 0; index < counts.Length; index++)
            sum += goNumerators[index] - PoissonArms.LogSupremumAtLeast(counts[index], delta);
        return sum / Dispersion;
    }

    /// <summary>Log evidence against a rise of at most <paramref name="delta"/>; never grows when delta grows.</summary>
    public double LogNoGo(double delta)
    {
        Span<double> blocks = counts.Length < 64 ? stackalloc double[counts.Length] : new double[counts.Length];
        for (var index = 0; index < counts.Length; index++)
            blocks[index] = (noGoNumerators[index] - PoissonArms.LogSupremumAtMost(counts[index], delta)) / AgainstCanary;
        return StartMixture.Combine(blocks);
    }

    /// <summary>Log evidence against "not worse".</summary>
    public double LogRegression()
    {
        Span<double> blocks = counts.Length < 64 ? stackalloc double[counts.Length] : new double[counts.Length];
        for (var index = 0; index < counts.Length; index++)
            blocks[index] = RateEvidence.LogRegression(counts[index]) / AgainstCanary;
        return StartMixture.Combine(blocks);
    }

    /// <summary>Largest rise that is not yet excluded, −1 to 1; below the tolerance exactly when that is.</summary>
    public double DeltaHigh(double logBound) => LogGo(1) < logBound ? 1 : Border(rise => LogGo(rise) - logBound, 1);

    /// <summary>Smallest rise that is not yet excluded, −1 to 1; above the tolerance exactly when that is.</summary>
    public double DeltaLow(double logBound) => LogNoGo(-1) < logBound ? -1 : Border(rise => LogNoGo(rise) - logBound, -1);

    // Excess is above 0 where a rise is excluded, as it is at the given end.
    private double Border(Func<double, double> excess, double end)
    {
        if (excess(tolerance) >= 0)
        {
            var (outside, inside) = RootBetween.Bracket(tolerance, -end, excess, tolerance / 2);
            return RootBetween.Find(inside, outside, excess);
        }
        else
        {
            var (inside, outside) = RootBetween.Bracket(tolerance, end, excess, tolerance / 2);
            return RootBetween.Find(inside, outside, excess);
        }
    }
}
