using VisionRollout.Core.Metrics;
using VisionRollout.Core.Statistics;

namespace VisionRollout.Core.Success;

/// <summary>What the mesh counted over a rollout, added up reading by reading: resets and new pods are handled, and the busiest interval is kept.</summary>
public sealed class SuccessWindow
{
    private readonly Dictionary<(string, string), PodCounters> last = [];
    private readonly SortedDictionary<double, double> buckets = [];
    private DateTimeOffset? lastAt;

    /// <summary>Requests.</summary>
    public double Requests { get; private set; }

    /// <summary>Failed requests.</summary>
    public double Errors { get; private set; }

    /// <summary>Requests that found nobody.</summary>
    public double Unavailable { get; private set; }

    /// <summary>Highest request rate of any interval, requests per second.</summary>
    public double PeakRate { get; private set; }

    /// <summary>Error rate of the busiest interval, a share.</summary>
    public double PeakErrorRate { get; private set; }

    /// <summary>Time covered.</summary>
    public TimeSpan Covered { get; private set; }

    /// <summary>Named reasons why data was missing.</summary>
    public ISet<string> Problems { get; } = new SortedSet<string>();

    /// <summary>Adds a reading; the first one is where counting begins.</summary>
    public void Add(MetricReading reading)
    {
        foreach (var problem in reading.Problems) Problems.Add(problem);
        // A reading without any pod is a gap in the metrics: the interval goes on, else the next one would carry the requests of both.
        if (reading.Pods.Count == 0) return;
        double requests = 0, errors = 0;
        foreach (var pod in reading.Pods)
        {
            var earlier = last.GetValueOrDefault((pod.Deployment, pod.Pod));
            last[(pod.Deployment, pod.Pod)] = pod;
            if (lastAt is null) continue;
            if (earlier is null || pod.Requests < earlier.Requests) earlier = null; // new, or reset: it counts from zero
            requests += pod.Requests - (earlier?.Requests ?? 0);
            errors += Math.Max(0, pod.Errors - (earlier?.Errors ?? 0));
            Unavailable += Math.Max(0, pod.Unavailable - (earlier?.Unavailable ?? 0));
            AddBuckets(pod, earlier);
        }

        if (lastAt is { } before) Close(requests, errors, reading.At - before);
        lastAt = reading.At;
    }

    /// <summary>Upper edge of the bucket that holds the quantile, in milliseconds: the true value is at most this. Null without requests.</summary>
    /// <param name="quantile">0 to 1.</param>
    public double? QuantileBound(double quantile)
    {
        var total = buckets.Count > 0 ? buckets.Values.Last() : 0;
        return total <= 0 ? null : buckets.First(pair => pair.Value >= quantile * total).Key;
    }

    /// <summary>The response times as a histogram.</summary>
    public LatencyHistogram Latency => LatencyHistogram.FromCumulative([.. buckets.Select(bucket => new HistogramBucket(bucket.Key, bucket.Value))]);

    private void AddBuckets(PodCounters pod, PodCounters? earlier)
    {
        for (var index = 0; index < pod.Latency.Count; index++)
        {
            var before = earlier is not null && index < earlier.Latency.Count && earlier.Latency[index].UpperEdge == pod.Latency[index].UpperEdge ? earlier.Latency[index].Count : 0;
            buckets[pod.Latency[index].UpperEdge] = buckets.GetValueOrDefault(pod.Latency[index].UpperEdge) + pod.Latency[index].Count - before;
        }
    }

    private void Close(double requests, double errors, TimeSpan interval)
    {
        Requests += requests;
        Errors += errors;
        Covered += interval;
        var rate = interval > TimeSpan.Zero ? requests / interval.TotalSeconds : 0;
        if (rate <= PeakRate) return;
        PeakRate = rate;
        PeakErrorRate = requests > 0 ? errors / requests : 0;
    }
}
