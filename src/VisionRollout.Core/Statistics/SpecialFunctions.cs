namespace VisionRollout.Core.Statistics;

/// <summary>Special functions in log space, as far as the judge needs them.</summary>
public static class SpecialFunctions
{
    private const double HalfLogTwoPi = 0.91893853320467274178;

    /// <summary>Natural logarithm of the gamma function. Stirling's series after shifting the argument above 10
    /// (Abramowitz and Stegun 6.1.40 and 6.1.15); relative error below 1e-13.</summary>
    /// <param name="x">Greater than 0.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="x"/> is not a positive number.</exception>
    public static double LogGamma(double x)
    {
        if (!(x > 0)) throw new ArgumentOutOfRangeException(nameof(x), x, "The argument must be a positive number.");
        var shift = 1.0;
        for (; x < 10; x++) shift *= x;
        var inverse = 1 / x;
        var square = inverse * inverse;
        var series = inverse * ((1.0 / 12) - (square * ((1.0 / 360) - (square * ((1.0 / 1260) - (square * ((1.0 / 1680)
            - (square * ((1.0 / 1188) - (square * ((691.0 / 360360) - (square / 156))))))))))));
        return ((x - 0.5) * Math.Log(x)) - x + HalfLogTwoPi + series - Math.Log(shift);
    }

    /// <summary>Natural logarithm of the beta function (Abramowitz and Stegun 6.2.2).</summary>
    /// <param name="a">Greater than 0.</param>
    /// <param name="b">Greater than 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is not a positive number.</exception>
    public static double LogBeta(double a, double b) => LogGamma(a) + LogGamma(b) - LogGamma(a + b);

    /// <summary>Logarithm of the sum of exponentials, without overflow.</summary>
    /// <param name="values">Logarithms; empty gives negative infinity.</param>
    public static double LogSumExp(ReadOnlySpan<double> values)
    {
        var highest = double.NegativeInfinity;
        foreach (var value in values) highest = Math.Max(highest, value);
        if (double.IsInfinity(highest)) return highest;
        var sum = 0.0;
        foreach (var value in values) sum += Math.Exp(value - highest);
        return highest + Math.Log(sum);
    }

    /// <summary>x · ln y with the limit 0 at x = 0, as a likelihood needs it.</summary>
    internal static double XLogY(double x, double y) => x == 0 ? 0 : x * Math.Log(y);
}
