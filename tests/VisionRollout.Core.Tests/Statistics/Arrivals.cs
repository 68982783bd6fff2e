using VisionRollout.Core.Statistics;

namespace VisionRollout.Core.Tests.Statistics;

/// <summary>Draws counts of both arms.</summary>
internal static class Arrivals
{
    public static RateCounts Draw(Random random, int canaryRequests, double share, double canaryRate, double baselineRate, int burst = 1)
    {
        var baselineRequests = canaryRequests * (1 - share) / share;
        return new RateCounts(
            canaryRequests, Math.Min(canaryRequests, burst * Poisson(random, canaryRequests * canaryRate / burst)),
            baselineRequests, Math.Min(baselineRequests, burst * Poisson(random, baselineRequests * baselineRate / burst)));
    }

    // Knuth's product of uniforms, in pieces that do not underflow.
    private static int Poisson(Random random, double mean)
    {
        var count = 0;
        for (; mean > 30; mean -= 30) count += Poisson(random, 30);
        var limit = Math.Exp(-mean);
        for (var product = random.NextDouble(); product > limit; product *= random.NextDouble()) count++;
        return count;
    }
}
