namespace VisionRollout.Rehearsal.Metrics;

/// <summary>The scraped series of the last ten hours, in memory. One thread scrapes; many may read.</summary>
internal sealed class TimeSeriesStore
{
    private static readonly long RetentionMs = (long)TimeSpan.FromHours(10).TotalMilliseconds;

    private readonly Lock gate = new();
    private readonly Dictionary<LabelSet, StoredSeries> series = [];
    private readonly Dictionary<string, List<StoredSeries>> byName = new(StringComparer.Ordinal);
    private readonly List<long> times = [];
    private int dropped;
    private int cleaned;

    /// <summary>Whether every value scraped turns into NaN (the fault <c>metrics-nan</c>).</summary>
    public bool Poison { get; set; }

    /// <summary>Runs a scrape at a time: <paramref name="collect"/> calls <see cref="Append"/> for every series; those that it leaves out end.</summary>
    public void Scrape(DateTimeOffset at, Action<TimeSeriesStore> collect)
    {
        lock (gate)
        {
            times.Add(at.ToUnixTimeMilliseconds());
            collect(this);
            var scrape = Latest;
            foreach (var stored in series.Values)
            {
                if (stored.LastScrape != scrape && !stored.Ended && stored.LastScrape >= 0)
                    stored.Append(scrape, StaleMarker.Value);
            }

            if (scrape - cleaned >= SampleChunk.Capacity)
                Clean(scrape);
        }
    }

    /// <summary>The series with these labels, made when it is new. To be called while scraping.</summary>
    public StoredSeries Series(LabelSet labels)
    {
        if (series.TryGetValue(labels, out var found))
            return found;
        var made = new StoredSeries(labels);
        Register(made);
        return made;
    }

    /// <summary>Adds a value to the present scrape.</summary>
    public void Append(StoredSeries stored, double value)
    {
        if (stored.LastScrape < 0 || stored.LastScrape < dropped)
            Register(stored);
        stored.Append(Latest, Poison ? double.NaN : value);
    }

    /// <summary>The samples of the series that match, later than <paramref name="afterMs"/> and not later than <paramref name="untilMs"/>.</summary>
    public IReadOnlyList<SampledSeries> Read(IReadOnlyList<LabelMatcher> matchers, long afterMs, long untilMs)
    {
        lock (gate)
        {
            var first = dropped + FirstAfter(afterMs);
            var last = dropped + FirstAfter(untilMs) - 1;
            return
            [
                .. from stored in Candidates(matchers)
                   where matchers.All(matcher => matcher.Matches(stored.Labels))
                   let samples = stored.Read(first, last).Select(sample => new Sample(times[sample.Scrape - dropped], sample.Value)).ToArray()
                   where samples.Length > 0
                   select new SampledSeries(stored.Labels, samples),
            ];
        }
    }

    private int Latest => dropped + times.Count - 1;

    private IEnumerable<StoredSeries> Candidates(IReadOnlyList<LabelMatcher> matchers)
    {
        var name = matchers.FirstOrDefault(matcher => matcher.Name == LabelSet.MetricName && matcher.Required is not null)?.Required;
        return name is null ? series.Values : byName.GetValueOrDefault(name) ?? [];
    }

    private void Register(StoredSeries stored)
    {
        if (!series.TryAdd(stored.Labels, stored))
            return;
        if (!byName.TryGetValue(stored.Labels.Name, out var same))
            byName[stored.Labels.Name] = same = [];
        same.Add(stored);
    }

    /// <summary>The index of the first scrape later than a time.</summary>
    private int FirstAfter(long milliseconds)
    {
        var index = times.BinarySearch(milliseconds);
        return index < 0 ? ~index : index + 1;
    }

    private void Clean(int scrape)
    {
        cleaned = scrape;
        var old = FirstAfter(times[^1] - RetentionMs);
        if (old == 0)
            return;
        dropped += old;
        times.RemoveRange(0, old);
        foreach (var gone in series.Values.Where(stored => stored.DropBefore(dropped)).ToArray())
        {
            series.Remove(gone.Labels);
            byName[gone.Labels.Name].Remove(gone);
        }
    }
}
