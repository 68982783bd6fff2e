namespace VisionRollout.Core.Statistics;

/// <summary>Gamma distribution over an error rate: what is believed before a stage. Any prior keeps the error guarantees
/// of the e-processes; a bad one only costs requests.</summary>
/// <param name="Shape">Shape, greater than 0: as if so many errors had been seen.</param>
/// <param name="Rate">Rate, greater than 0: as if so many requests had been seen.</param>
public readonly record struct GammaPrior(double Shape, double Rate)
{
    private const double StrongestShape = 5;

    /// <summary>Mean error rate, errors per request.</summary>
    public double Mean => Shape / Rate;

    /// <summary>Prior from what the baseline did before the stage: centred on its rate, weighing at most five errors,
    /// so that an ordinary drift of the rate costs little. Without history: centred on half of the tolerance.</summary>
    /// <param name="requests">Requests of the baseline before the stage, at least 0.</param>
    /// <param name="errors">Errors among them.</param>
    /// <param name="delta">The tolerance, a share greater than 0.</param>
    public static GammaPrior FromHistory(double requests, double errors, double delta)
    {
        // One pseudo error at half of the tolerance keeps the mean positive while no error has been seen.
        var shape = Math.Min(errors + 1, StrongestShape);
        var mean = (errors + 1) / (requests + (2 / delta));
        return new GammaPrior(shape, shape / mean);
    }

    /// <summary>Same spread, other mean.</summary>
    /// <param name="mean">Mean error rate, greater than 0.</param>
    public GammaPrior WithMean(double mean) => new(Shape, Shape / mean);

    /// <summary>Logarithm of the marginal likelihood ∫ λ^S e^(−nλ) dGamma(λ) of a Poisson arm, without the factor n^S / S!
    /// that cancels in every ratio.</summary>
    /// <param name="errors">S, at least 0.</param>
    /// <param name="requests">n, at least 0.</param>
    public double LogMarginal(double errors, double requests) =>
        (Shape * Math.Log(Rate)) + SpecialFunctions.LogGamma(Shape + errors) - SpecialFunctions.LogGamma(Shape)
        - ((Shape + errors) * Math.Log(Rate + requests));
}
