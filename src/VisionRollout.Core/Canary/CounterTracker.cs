using VisionRollout.Core.Metrics;

namespace VisionRollout.Core.Canary;

/// <summary>Turns successive readings of cumulative counters per pod into counts per colour and interval. Works on the counters
/// themselves, not on rate() or increase(), which extrapolate. Counters that restart, pods that come and go, and gaps are handled
/// and named.</summary>
/// <remarks>Not safe for concurrent use.</remarks>
public sealed class CounterTracker
{
    // A pod that is missing for so many readings in a row has ended; before that it may merely not have been scraped.
    private const int ReadingsUntilEnded = 3;
    private readonly IReadOnlyDictionary<string, string> colours;
    private readonly Dictionary<(string Deployment, string Pod), TrackedPod> pods = [];
    private readonly HashSet<string> known = [];
    private DateTimeOffset? last;
    private long readings;
    private bool gap;

    /// <summary>Starts; the first reading is where counting begins.</summary>
    /// <param name="colours">Colour of each Deployment.</param>
    public CounterTracker(IReadOnlyDictionary<string, string> colours)
    {
        ArgumentNullException.ThrowIfNull(colours);
        this.colours = colours;
    }

    /// <summary>Takes a reading and answers what happened since the one before.</summary>
    /// <param name="reading">The counters.</param>
    public CounterInterval Advance(MetricReading reading)
    {
        ArgumentNullException.ThrowIfNull(reading);
        if (last is { } before && reading.At <= before) return Repeated(reading, before);
        var problems = new List<string>(reading.Problems);
        var afterGap = gap;
        gap = reading.Problems.Count > 0;
        var notes = new List<string>();
        var usable = Usable(reading, problems);
        readings++;
        var taken = colours.Values.Distinct().ToDictionary(colour => colour, _ => new ColourTally());
        foreach (var pod in usable) Take(pod, taken[colours[pod.Deployment]], afterGap, problems, notes);
        var counts = taken.ToDictionary(item => item.Key, item => item.Value.Sum);
        NameWhatIsMissing(usable, problems, notes);
        foreach (var (colour, count) in counts) counts[colour] = Sane(colour, count, problems);
        var length = reading.At - last;
        if (length is not null) NameSilence(counts, problems);
        last = reading.At;
        return new CounterInterval { At = reading.At, Length = length, Colours = counts, Problems = problems, Notes = notes };
    }

    private static bool AreNumbers(IReadOnlyList<HistogramBucket> buckets)
    {
        for (var index = 0; index < buckets.Count; index++)
        {
            if (!IsNumber(buckets[index].Count)) return false;
        }

        return true;
    }

    private static bool IsNumber(double value) => double.IsFinite(value) && value >= 0;

    private static void NameSilence(Dictionary<string, ColourCounts> counts, List<string> problems)
    {
        if (problems.Count > 0) return;
        foreach (var (colour, count) in counts)
        {
            if (count.Requests <= 0) problems.Add($"The counters of {colour} stand still: no requests since the last reading, or the scrape is late.");
        }
    }

    private static ColourCounts Sane(string colour, ColourCounts counts, List<string> problems)
    {
        if (counts.Errors <= counts.Requests) return counts;
        problems.Add($"{colour} counts more errors ({counts.Errors:0}) than requests ({counts.Requests:0}); the two metrics don't belong together.");
        return counts with { Errors = counts.Requests };
    }

    private CounterInterval Repeated(MetricReading reading, DateTimeOffset before) => new()
    {
        At = reading.At,
        Length = TimeSpan.Zero,
        Colours = colours.Values.Distinct().ToDictionary(colour => colour, _ => new ColourCounts()),
        Problems = [$"The reading of {reading.At:HH:mm:ss} is not newer than the last one of {before:HH:mm:ss}; it was ignored."],
    };

    private List<PodCounters> Usable(MetricReading reading, List<string> problems)
    {
        var usable = new List<PodCounters>(reading.Pods.Count);
        foreach (var pod in reading.Pods.Where(pod => colours.ContainsKey(pod.Deployment)))
        {
            if (IsNumber(pod.Requests) && IsNumber(pod.Errors) && IsNumber(pod.Unavailable) && AreNumbers(pod.Latency)) usable.Add(pod);
            else Miss($"A counter of pod {pod.Pod} is not a number.", problems);
        }

        return usable;
    }

    private void Take(PodCounters pod, ColourTally tally, bool afterGap, List<string> problems, List<string> notes)
    {
        if (pods.TryGetValue((pod.Deployment, pod.Pod), out var tracked))
        {
            tracked.Seen = readings;
            if (tracked.Advance(pod, tally)) notes.Add($"The counters of pod {pod.Pod} were reset; what they count since then was taken.");
            return;
        }

        pods[(pod.Deployment, pod.Pod)] = new TrackedPod(pod) { Seen = readings };
        if (last is null || !afterGap) tally.Add(pod);
        // After a gap nobody knows how much of it is old.
        else problems.Add($"Pod {pod.Pod} appears after a gap in the metrics; it counts from now on.");
    }

    // Data that should be there is not: what turns up next may be old.
    private void Miss(string problem, List<string> problems)
    {
        gap = true;
        problems.Add(problem);
    }

    private void NameWhatIsMissing(List<PodCounters> usable, List<string> problems, List<string> notes)
    {
        var present = new HashSet<string>();
        foreach (var pod in usable) present.Add(pod.Deployment);
        known.UnionWith(present);
        foreach (var deployment in colours.Keys.Where(name => !present.Contains(name)))
        {
            // A Deployment that has never served a request has no counters yet: the first ones are new.
            if (known.Contains(deployment)) Miss($"There are no counters of Deployment {deployment} any more.", problems);
            else problems.Add($"There are no counters of Deployment {deployment} yet.");
        }

        foreach (var (key, pod) in pods.Where(item => item.Value.Seen != readings).ToList())
        {
            pod.Missed++;
            if (pod.Missed < ReadingsUntilEnded)
            {
                Miss($"Pod {key.Pod} is missing from the metrics.", problems);
                continue;
            }

            pods.Remove(key);
            notes.Add($"Pod {key.Pod} has ended.");
        }
    }
}
