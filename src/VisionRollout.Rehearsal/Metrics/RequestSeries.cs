namespace VisionRollout.Rehearsal.Metrics;

/// <summary>The counters of one kind of request: the count and the latency histogram. Safe for use by many threads.</summary>
internal sealed class RequestSeries
{
    private readonly Lock gate = new();
    private readonly long[] buckets = new long[HistogramEdges.Count];
    private readonly StoredSeries?[] stored;
    private readonly Func<int, LabelSet> labels;
    private long count;
    private double sum;

    /// <summary>Makes counters at zero.</summary>
    public RequestSeries(RequestKey key, string ns)
    {
        Key = key;
        stored = new StoredSeries?[SeriesCount];
        var shared = Shared(key, ns);
        labels = index => Labels(shared, index);
    }

    /// <summary>What is counted.</summary>
    public RequestKey Key { get; }

    /// <summary>The number of Prometheus series that it makes: total, buckets, sum and count.</summary>
    public static int SeriesCount => HistogramEdges.Count + 3;

    /// <summary>The number of requests.</summary>
    public long Count
    {
        get
        {
            lock (gate)
                return count;
        }
    }

    /// <summary>Counts one request.</summary>
    public void Add(double milliseconds)
    {
        lock (gate)
        {
            count++;
            sum += milliseconds;
            buckets[HistogramEdges.BucketOf(milliseconds)]++;
        }
    }

    /// <summary>Counts many requests by bucket (see <see cref="HistogramEdges"/>).</summary>
    public void Add(ReadOnlySpan<long> byBucket, double milliseconds)
    {
        lock (gate)
        {
            for (var index = 0; index < byBucket.Length; index++)
            {
                buckets[index] += byBucket[index];
                count += byBucket[index];
            }

            sum += milliseconds;
        }
    }

    /// <summary>Sets everything back to zero, as a restart of the reporting process does.</summary>
    public void Reset()
    {
        lock (gate)
        {
            count = 0;
            sum = 0;
            Array.Clear(buckets);
        }
    }

    /// <summary>Writes the present values into the scrape.</summary>
    public void Scrape(TimeSeriesStore store)
    {
        Span<double> values = stackalloc double[SeriesCount];
        Read(values);
        for (var index = 0; index < values.Length; index++)
            store.Append(stored[index] ??= store.Series(labels(index)), values[index]);
    }

    /// <summary>Every Prometheus series with its present value.</summary>
    public IEnumerable<KeyValuePair<LabelSet, double>> Samples()
    {
        var values = new double[SeriesCount];
        Read(values);
        return values.Select((value, index) => KeyValuePair.Create(stored[index]?.Labels ?? labels(index), value));
    }

    private void Read(Span<double> values)
    {
        lock (gate)
        {
            var cumulative = 0L;
            for (var index = 0; index < buckets.Length; index++)
                values[index + 3] = cumulative += buckets[index];
            values[0] = count;
            values[1] = sum;
            values[2] = count;
        }
    }

    private static Dictionary<string, string> Shared(RequestKey key, string ns) => new(StringComparer.Ordinal)
    {
        ["reporter"] = key.Reporter,
        ["source_workload"] = "istio-ingressgateway",
        ["source_workload_namespace"] = "istio-system",
        ["destination_workload"] = key.Workload,
        ["destination_workload_namespace"] = key.Workload == "unknown" ? "unknown" : ns,
        ["destination_service"] = $"{key.Host}.{ns}.svc.cluster.local",
        ["destination_service_name"] = key.Host,
        ["destination_service_namespace"] = ns,
        ["destination_version"] = key.Version,
        ["destination_canonical_revision"] = key.Revision,
        ["response_code"] = key.Code.ToString(System.Globalization.CultureInfo.InvariantCulture),
        ["response_flags"] = key.Flags,
        ["request_protocol"] = "http",
        ["namespace"] = key.Reporter == "source" ? "istio-system" : ns,
        ["pod"] = key.Pod,
        ["instance"] = $"{key.Pod}:15020",
        ["job"] = "envoy-stats",
    };

    private static LabelSet Labels(Dictionary<string, string> shared, int index)
    {
        const string Duration = "istio_request_duration_milliseconds";
        var name = index switch { 0 => "istio_requests_total", 1 => Duration + "_sum", 2 => Duration + "_count", _ => Duration + "_bucket" };
        var all = new Dictionary<string, string>(shared, StringComparer.Ordinal) { [LabelSet.MetricName] = name };
        if (index >= 3)
            all["le"] = HistogramEdges.Labels[index - 3];
        return new LabelSet(all);
    }
}
