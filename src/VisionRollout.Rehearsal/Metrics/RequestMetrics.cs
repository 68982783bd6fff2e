using System.Collections.Concurrent;
using VisionRollout.Rehearsal.Mesh;
using VisionRollout.Rehearsal.Scenario;

namespace VisionRollout.Rehearsal.Metrics;

/// <summary>Istio's standard metrics: requests counted by the gateway (<c>source</c>) and by the pods (<c>destination</c>).</summary>
internal sealed class RequestMetrics(RehearsalScenario scenario)
{
    /// <summary>The gateway's pod, as its own series name it.</summary>
    public const string GatewayPod = "istio-ingressgateway-0";

    private const string Unknown = "unknown";
    private readonly ConcurrentDictionary<RequestKey, RequestSeries> series = new();

    /// <summary>Every kind of request counted so far.</summary>
    public IEnumerable<RequestSeries> All => series.Values;

    /// <summary>The counters of a pod's own proxy.</summary>
    public RequestSeries Destination(PodIdentity pod, string host, int code) =>
        Of(new RequestKey("destination", pod.Workload, host, pod.Version, pod.Revision, pod.Name, code, "-"));

    /// <summary>The gateway's counters for requests that it sent to a workload.</summary>
    public RequestSeries Source(PodIdentity pod, string host, int code, string flags) =>
        Of(new RequestKey("source", pod.Workload, host, pod.Version, pod.Revision, GatewayPod, code, flags));

    /// <summary>The gateway's counters for requests that reached no workload; <paramref name="host"/> is the Service meant.</summary>
    public RequestSeries Unreached(string? host, int code, string flags) =>
        Of(new RequestKey("source", Unknown, host ?? Unknown, Unknown, Unknown, GatewayPod, code, flags));

    /// <summary>Drops the series of pods that do not run any more.</summary>
    public void KeepOnly(HashSet<string> pods)
    {
        foreach (var key in series.Keys.Where(key => key.Reporter == "destination" && !pods.Contains(key.Pod)))
            series.TryRemove(key, out _);
    }

    /// <summary>Sets the series of matching destinations back to zero.</summary>
    public void Reset(Func<RequestKey, bool> match)
    {
        foreach (var (_, value) in series.Where(pair => match(pair.Key)))
            value.Reset();
    }

    private RequestSeries Of(RequestKey key) =>
        series.GetOrAdd(key with { Host = key.Host.Split('.', 2)[0] }, static (wanted, ns) => new RequestSeries(wanted, ns), scenario.Namespace);
}
