namespace VisionRollout.Core.Metrics;

/// <summary>Requests between two readings, by Deployment.</summary>
public static class RequestDelta
{
    /// <summary>Counts requests; a pod that is new counts from zero, and so does a counter that fell (it was reset).</summary>
    public static IReadOnlyDictionary<string, double> Between(MetricReading from, MetricReading to)
    {
        var start = new Dictionary<(string, string), double>();
        foreach (var pod in from.Pods) start[(pod.Deployment, pod.Pod)] = pod.Requests;
        var counts = new Dictionary<string, double>();
        foreach (var pod in to.Pods)
        {
            var earlier = start.GetValueOrDefault((pod.Deployment, pod.Pod));
            var requests = pod.Requests >= earlier ? pod.Requests - earlier : pod.Requests;
            counts[pod.Deployment] = counts.GetValueOrDefault(pod.Deployment) + requests;
        }

        return counts;
    }
}
