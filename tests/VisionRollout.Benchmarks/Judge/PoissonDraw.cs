namespace VisionRollout.Benchmarks.Judge;

/// <summary>Poisson numbers by inversion of the distribution function.</summary>
internal static class PoissonDraw
{
    private const double Piece = 30;

    public static int Next(Random random, double mean)
    {
        var count = 0;
        for (; mean > Piece; mean -= Piece) count += Once(random, Piece);
        return count + Once(random, mean);
    }

    private static int Once(Random random, double mean)
    {
        var left = random.NextDouble();
        var mass = Math.Exp(-mean);
        var count = 0;
        for (; left > mass && count < 200; count++)
        {
            left -= mass;
            mass *= mean / (count + 1);
        }

        return count;
    }
}
