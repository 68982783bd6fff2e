namespace VisionRollout.Rehearsal.Metrics;

/// <summary>One series in the store. Guarded by the store's lock.</summary>
internal sealed class StoredSeries(LabelSet labels)
{
    private readonly List<SampleChunk> chunks = [];

    /// <summary>Its labels.</summary>
    public LabelSet Labels => labels;

    /// <summary>The number of the scrape that it was last seen in; -1 for none.</summary>
    public int LastScrape { get; private set; } = -1;

    /// <summary>Whether its last sample says that the series has ended.</summary>
    public bool Ended { get; private set; }

    /// <summary>Adds a sample.</summary>
    public void Append(int scrape, double value)
    {
        if (chunks.Count == 0 || !chunks[^1].TryAppend(scrape, value))
            chunks.Add(new SampleChunk(scrape, value));
        LastScrape = scrape;
        Ended = StaleMarker.Is(value);
    }

    /// <summary>Drops the chunks that end before a scrape; true when nothing is left.</summary>
    public bool DropBefore(int scrape)
    {
        chunks.RemoveAll(chunk => chunk.FirstScrape + chunk.Count <= scrape);
        return chunks.Count == 0;
    }

    /// <summary>The samples from scrape <paramref name="from"/> to <paramref name="to"/>, both included, oldest first.</summary>
    public IEnumerable<(int Scrape, double Value)> Read(int from, int to)
    {
        foreach (var chunk in chunks)
        {
            var last = Math.Min(to, chunk.FirstScrape + chunk.Count - 1);
            for (var scrape = Math.Max(from, chunk.FirstScrape); scrape <= last; scrape++)
                yield return (scrape, chunk[scrape - chunk.FirstScrape]);
        }
    }
}
