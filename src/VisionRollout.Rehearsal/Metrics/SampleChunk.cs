namespace VisionRollout.Rehearsal.Metrics;

/// <summary>Consecutive samples of one series; takes no array while all are equal.</summary>
internal sealed class SampleChunk(int firstScrape, double first)
{
    /// <summary>The most samples in a chunk.</summary>
    public const int Capacity = 240;

    private double[]? values;

    /// <summary>The number of the scrape of the first sample.</summary>
    public int FirstScrape => firstScrape;

    /// <summary>The number of samples.</summary>
    public int Count { get; private set; } = 1;

    /// <summary>The sample at an index.</summary>
    public double this[int index] => values is null ? first : values[index];

    /// <summary>Adds the sample of a scrape; false when it does not follow on the last one, or the chunk is full.</summary>
    public bool TryAppend(int scrape, double value)
    {
        if (scrape != firstScrape + Count || Count == Capacity)
            return false;
        if (values is null && BitConverter.DoubleToInt64Bits(value) != BitConverter.DoubleToInt64Bits(first))
        {
            values = new double[Capacity];
            values.AsSpan(0, Count).Fill(first);
        }

        if (values is not null)
            values[Count] = value;
        Count++;
        return true;
    }
}
