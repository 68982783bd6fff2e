namespace VisionRollout.Core.Statistics;

/// <summary>Root of a function between two points of different sign: Chandrupatla's method (Advances in Engineering Software 28(3),
/// 1997), which takes inverse quadratic interpolation where the function is smooth and halves the interval where it is not.</summary>
internal static class RootBetween
{
    private const int MostSteps = 200;
    private const double Growth = 4;

    /// <summary>Two points around the root, where it is likely to lie near one end: looks from there in growing steps.</summary>
    /// <param name="start">The end to begin with; the function has another sign at the other end.</param>
    /// <param name="end">The other end.</param>
    /// <param name="function">Function of different sign at both ends; it may be infinite.</param>
    /// <param name="firstStep">Length of the first step, greater than 0.</param>
    /// <returns>A point with the start's sign and one with the end's.</returns>
    public static (double Start, double End) Bracket(double start, double end, Func<double, double> function, double firstStep)
    {
        var positiveAtStart = function(start) > 0;
        for (var step = firstStep; step < Math.Abs(end - start); step *= Growth)
        {
            var point = end > start ? start + step : start - step;
            if (function(point) > 0 != positiveAtStart) return (start, point);
            start = point;
        }

        return (start, end);
    }

    /// <summary>A point where the function has the sign that it has at <paramref name="outside"/>, next to one where it has not.</summary>
    /// <param name="inside">Point on the one side.</param>
    /// <param name="outside">Point on the other side.</param>
    /// <param name="function">Function of different sign at both points; it may be infinite.</param>
    /// <param name="tolerance">How close both ends must be, relative to their size (and absolutely a millionth of it).</param>
    public static double Find(double inside, double outside, Func<double, double> function, double tolerance = 1e-9)
    {
        var (a, b, c) = (outside, inside, inside);
        var (fa, fb) = (function(a), function(b));
        var fc = fb;
        var positiveOutside = fa > 0;
        var (near, far) = (inside, outside);
        var fraction = 0.5;
        for (var step = 0; step < MostSteps; step++)
        {
            var point = a + (fraction * (b - a));
            var value = function(point);
            if (value == 0) return point;
            if (value > 0 == positiveOutside) far = point;
            else near = point;
            if (value > 0 == fa > 0) (c, fc) = (a, fa);
            else (c, b, fc, fb) = (b, a, fb, fa);
            (a, fa) = (point, value);

            var width = Math.Abs(near - far);
            var least = tolerance * (Math.Max(Math.Abs(near), Math.Abs(far)) + 1e-6);
            if (width <= least) break;
            fraction = Math.Clamp(Fraction(a, b, c, fa, fb, fc), least / width / 2, 1 - (least / width / 2));
        }

        return far;
    }

    private static double Fraction(double a, double b, double c, double fa, double fb, double fc)
    {
        var position = (a - b) / (c - b);
        var height = (fa - fb) / (fc - fb);
        if (!(height * height < position && (1 - height) * (1 - height) < 1 - position)) return 0.5;
        var fraction = (fa / (fb - fa) * (fc / (fb - fc))) + ((c - a) / (b - a) * (fa / (fc - fa)) * (fb / (fc - fb)));
        return double.IsFinite(fraction) ? fraction : 0.5;
    }
}
