namespace VisionRollout.Rehearsal.Mesh;

/// <summary>Uniform draws from a seed, for use by many threads.</summary>
internal sealed class SeededDraws(int seed)
{
    private readonly Lock gate = new();
    private readonly Random random = new(seed);

    /// <summary>A number from 0 (inclusive) to 1 (exclusive).</summary>
    public double Next()
    {
        lock (gate)
            return random.NextDouble();
    }
}
