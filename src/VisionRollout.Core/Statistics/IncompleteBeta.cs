namespace VisionRollout.Core.Statistics;

/// <summary>The regularised incomplete beta function.</summary>
public static class IncompleteBeta
{
    private const double Precision = 1e-14;
    private const double Smallest = 1e-300;
    private const int MostTerms = 1_000_000;

    /// <summary>I_x(a, b), the distribution function of the beta distribution (NIST DLMF 8.17), by its continued fraction (8.17.22) with the
    /// modified method of Lentz.</summary>
    /// <param name="x">0 to 1.</param>
    /// <param name="a">First parameter, above 0.</param>
    /// <param name="b">Second parameter, above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is outside its range.</exception>
    public static double Of(double x, double a, double b)
    {
        if (!(x is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(x), x, "From 0 to 1.");
        if (!(a > 0)) throw new ArgumentOutOfRangeException(nameof(a), a, "Above 0.");
        if (!(b > 0)) throw new ArgumentOutOfRangeException(nameof(b), b, "Above 0.");
        if (x is 0 or 1) return x;
        // The fraction converges fast on one side of the mean; the other side is its mirror (8.17.4).
        return x > (a + 1) / (a + b + 2) ? 1 - Fraction(1 - x, b, a, x) : Fraction(x, a, b, 1 - x);
    }

    /// <summary>The x at which I_x(a, b) is a probability, by bisection.</summary>
    /// <param name="probability">0 to 1.</param>
    /// <param name="a">First parameter, above 0.</param>
    /// <param name="b">Second parameter, above 0.</param>
    public static double Quantile(double probability, double a, double b)
    {
        var (low, high) = (0.0, 1.0);
        while (high - low > 1e-15 * (low + high))
        {
            var middle = (low + high) / 2;
            if (middle <= low || middle >= high) break;
            if (Of(middle, a, b) < probability) low = middle;
            else high = middle;
        }

        return (low + high) / 2;
    }

    private static double Fraction(double x, double a, double b, double complement)
    {
        var front = Math.Exp((a * Math.Log(x)) + (b * Math.Log(complement)) - SpecialFunctions.LogBeta(a, b)) / a;
        var (c, d, result) = (1.0, 1 / Away(1 - ((a + b) * x / (a + 1))), 1.0);
        result = d;
        for (var term = 1; term < MostTerms; term++)
        {
            var twice = 2.0 * term;
            Step(term * (b - term) * x / ((a + twice - 1) * (a + twice)));
            var before = result;
            Step(-(a + term) * (a + b + term) * x / ((a + twice) * (a + twice + 1)));
            if (Math.Abs(result - before) <= Precision * Math.Abs(result)) break;
        }

        return front * result;

        void Step(double coefficient)
        {
            d = 1 / Away(1 + (coefficient * d));
            c = Away(1 + (coefficient / c));
            result *= c * d;
        }
    }

    private static double Away(double value) => Math.Abs(value) < Smallest ? Smallest : value;
}
