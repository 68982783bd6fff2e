namespace VisionRollout.Rehearsal.Demand;

/// <summary>Draws from the Poisson and the normal distribution, from a seed. For one thread.</summary>
internal sealed class PoissonDraws(int seed)
{
    private readonly Random random = new(seed);

    /// <summary>
    /// A Poisson draw with this mean: by inversion below 10 (Knuth), else exactly by transformed rejection, W. Hörmann,
    /// "The transformed rejection method for generating Poisson random variables", Insurance: Mathematics and Economics 12 (1993), algorithm PTRS.
    /// </summary>
    public long Next(double mean)
    {
        if (!(mean > 0))
            return 0;
        return mean < 10 ? Invert(mean) : Reject(mean);
    }

    /// <summary>A standard normal draw (Box and Muller).</summary>
    public double Normal() =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private long Invert(double mean)
    {
        var limit = Math.Exp(-mean);
        var product = random.NextDouble();
        var count = 0L;
        while (product > limit)
        {
            product *= random.NextDouble();
            count++;
        }

        return count;
    }

    private long Reject(double mean)
    {
        var logMean = Math.Log(mean);
        var b = 0.931 + 2.53 * Math.Sqrt(mean);
        var a = -0.059 + 0.02483 * b;
        var inverseAlpha = 1.1239 + 1.1328 / (b - 3.4);
        var squeeze = 0.9277 - 3.6224 / (b - 2);
        while (true)
        {
            var u = random.NextDouble() - 0.5;
            var v = random.NextDouble();
            var us = 0.5 - Math.Abs(u);
            var k = Math.Floor((2 * a / us + b) * u + mean + 0.43);
            if (us >= 0.07 && v <= squeeze)
                return (long)k;
            if (k < 0 || (us < 0.013 && v > us))
                continue;
            if (Math.Log(v) + Math.Log(inverseAlpha) - Math.Log(a / (us * us) + b) <= -mean + k * logMean - LogFactorial(k))
                return (long)k;
        }
    }

    /// <summary>ln k! by Stirling's series with three terms; its error is below 1e-9 for k of 10 and more, and small ones are summed.</summary>
    private static double LogFactorial(double k)
    {
        if (k < 10)
        {
            var sum = 0d;
            for (var factor = 2; factor <= k; factor++)
                sum += Math.Log(factor);
            return sum;
        }

        var square = k * k;
        return (k + 0.5) * Math.Log(k) - k + 0.918938533204672742 + (1d / 12 - (1d / 360 - 1d / 1260 / square) / square) / k;
    }
}
