namespace VisionRollout.Core.Metrics;

/// <summary>Requests between two readings, by Deployment.</summary>
public static class RequestDelta
{
    /// <summary>Counts requests; a pod that is new counts from zero, and so does a counter that fell (it was reset).</summary>
    public static IReadOnlyDictionary<string, double> Between(MetricReading from, MetricReading to) => Count(from, to, pod => pod.Requests);

    /// <summary>Counts the requests that failed, in the same way.</summary>
    public static IReadOnlyDictionary<string, double> ErrorsBetween(MetricReading from, MetricReading to) => Count(from, to, pod => pod.Errors);

    private static Dictionary<string, double> Count(MetricReading from, MetricReading to, Func<PodCounters, double> counter)
    {
        var start = new Dictionary<(string, string), double>();
        foreach (var pod in from.Pods) start[(pod.Deployment, pod.Pod)] = counter(pod);
        var counts = new Dictionary<string, double>();
        foreach (var pod in to.Pods)
        {
            var earlier = start.GetValueOrDefault((pod.Deployment, pod.Pod));
            var now = counter(pod);
            counts[pod.Deployment] = counts.GetValueOrDefault(pod.Deployment) + (now >= earlier ? now - earlier : now);
        }

        return counts;
    }
}
