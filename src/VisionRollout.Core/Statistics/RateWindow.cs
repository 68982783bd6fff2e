namespace VisionRollout.Core.Statistics;

/// <summary>A stretch of successive readings that is judged by itself. Windows of one length follow one another; the evidence of each keeps what it
/// had when the window ended.</summary>
public sealed record RateWindow
{
    private const double HighestEvidence = 1e300;

    // Until it holds so many readings, a burst can't be told from a rate: its evidence counts less.
    private const double FirstReadings = 3;

    /// <summary>Readings that it takes, at least 1.</summary>
    public required int Length { get; init; }

    /// <summary>Its number among the windows of this length, from 1.</summary>
    public int Number { get; init; } = 1;

    /// <summary>Readings so far, 0 to <see cref="Length"/>.</summary>
    public int Readings { get; init; }

    /// <summary>Its counts, with the prior that was frozen when it began; null before its first reading.</summary>
    public RateBlock? Block { get; init; }

    /// <summary>How errors scattered before it began, at least 1 (see <see cref="ArmDispersion"/>).</summary>
    public double Dispersion { get; init; } = 1;

    /// <summary>What the windows before it have made of their shares of the capital, which is 1 for each length.</summary>
    public double Kept { get; init; }

    // Shares of the capital: 1/2, 1/6, 1/12 … for the windows in order; they add up to 1.
    private double Share => 1.0 / Number / (Number + 1);

    /// <summary>What the capital of this length is worth now: what windows before have kept, what this one has made, and what waits for later ones.</summary>
    /// <param name="delta">The tolerance, a share greater than 0.</param>
    public double Worth(double delta) => Kept + Made(delta) + (1.0 / (Number + 1));

    /// <summary>What this window has made of its share of the capital.</summary>
    /// <param name="delta">The tolerance, a share greater than 0.</param>
    public double Made(double delta) => Share * Math.Min(HighestEvidence, Math.Exp(LogEvidence(delta)));

    /// <summary>Adds a reading: to this window, or to the next one when this one is full or the share of traffic has changed.</summary>
    /// <param name="stage">Stage of the reading.</param>
    /// <param name="interval">Its counts.</param>
    /// <param name="next">Makes the first block of a window, with its prior.</param>
    /// <param name="dispersion">How errors scattered before this reading, at least 1.</param>
    /// <param name="delta">The tolerance, a share greater than 0.</param>
    public RateWindow Add(string stage, RateCounts interval, Func<RateBlock> next, double dispersion, double delta)
    {
        ArgumentNullException.ThrowIfNull(next);
        if (Block is { } block && Readings < Length && block.Continues(stage, interval)) return this with { Readings = Readings + 1, Block = block.Add(interval) };
        var begun = this with { Readings = 1, Block = next().Add(interval), Dispersion = Math.Max(1, dispersion) };
        return Block is null ? begun : begun with { Number = Number + 1, Kept = Math.Min(HighestEvidence, Kept + Made(delta)) };
    }

    private double LogEvidence(double delta)
    {
        if (Block is not { } block) return 0;
        var within = Math.Max(ArmDispersion.Factor([block.Canary]), ArmDispersion.Factor([block.Baseline]));
        return RateEvidence.LogNoGo(block.Counts, block.Prior, delta) / Math.Max(Math.Max(Dispersion, within), FirstReadings / Readings);
    }
}
