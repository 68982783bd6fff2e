using VisionRollout.Rehearsal.Alerts;
using VisionRollout.Rehearsal.Demand;
using VisionRollout.Rehearsal.Faults;
using VisionRollout.Rehearsal.Mesh;
using VisionRollout.Rehearsal.Pods;
using VisionRollout.Rehearsal.Time;

namespace VisionRollout.Rehearsal.Metrics;

/// <summary>Scrapes every series once per interval into the store, as far as the faults on metrics let it.</summary>
internal sealed class Scraper : IClockTick
{
    private readonly RequestMetrics requests;
    private readonly PodLoads loads;
    private readonly PodServers servers;
    private readonly IActiveFaults faults;
    private readonly TimeSeriesStore store;
    private readonly AlertStore alerts;
    private readonly HashSet<ActiveFault> restarted = [];
    private readonly Lock restarting = new();

    /// <summary>Makes a scraper of the requests' and the pods' metrics, and of the alerts that fire.</summary>
    public Scraper(RequestMetrics requests, PodLoads loads, PodServers servers, IActiveFaults faults, TimeSeriesStore store, AlertStore alerts)
    {
        this.requests = requests;
        this.loads = loads;
        this.servers = servers;
        this.faults = faults;
        this.store = store;
        this.alerts = alerts;
    }

    /// <inheritdoc/>
    public int Order => 50;

    /// <inheritdoc/>
    public void Tick(DateTimeOffset now, TimeSpan interval)
    {
        Restart();
        requests.KeepOnly([.. servers.Running.Select(pod => pod.Name)]);
        if (faults.Active(FaultNames.MetricsGap).Count > 0)
            return;
        store.Poison = faults.Active(FaultNames.MetricsNan).Count > 0;
        store.Scrape(now, _ =>
        {
            foreach (var series in requests.All)
                series.Scrape(store);
            foreach (var (labels, value) in PodSamples())
                store.Append(store.Series(labels), value);
            foreach (var alert in alerts.Firing)
                store.Append(store.Series(AlertSeries(alert)), 1);
        });
    }

    /// <summary>Every series with its present value, as <c>/metrics</c> shows them: all from before a restart of counters, or all from after it, as a pod that
    /// restarts would.</summary>
    public IReadOnlyList<KeyValuePair<LabelSet, double>> Samples()
    {
        lock (restarting) return [.. requests.All.SelectMany(series => series.Samples()), .. PodSamples()];
    }

    private IEnumerable<KeyValuePair<LabelSet, double>> PodSamples()
    {
        foreach (var pod in servers.Running)
        {
            yield return Sample("up", pod, 1, ("job", "kubernetes-pods"));
            yield return Sample("kube_pod_container_resource_limits", pod, pod.CpuLimitCores, ("resource", "cpu"), ("unit", "core"));
            yield return Sample("kube_pod_container_resource_limits", pod, pod.MemoryLimitBytes, ("resource", "memory"), ("unit", "byte"));
            if (loads.Totals(pod.Name) is not { } used)
                continue;
            yield return Sample("container_cpu_usage_seconds_total", pod, used.CpuSeconds, ("cpu", "total"));
            yield return Sample("container_memory_working_set_bytes", pod, used.MemoryBytes);
        }
    }

    /// <summary>The series that Prometheus keeps for an alert while it fires.</summary>
    private static LabelSet AlertSeries(Alert alert) => new(alert.Labels.Append(KeyValuePair.Create(LabelSet.MetricName, "ALERTS")).Append(KeyValuePair.Create("alertstate", "firing")));

    private static KeyValuePair<LabelSet, double> Sample(string name, PodIdentity pod, double value, params ReadOnlySpan<(string Name, string Value)> more)
    {
        List<KeyValuePair<string, string>> labels =
        [
            KeyValuePair.Create(LabelSet.MetricName, name),
            KeyValuePair.Create("namespace", pod.Namespace),
            KeyValuePair.Create("pod", pod.Name),
            KeyValuePair.Create("container", pod.Container),
            KeyValuePair.Create("instance", $"{pod.Name}:{pod.Port}"),
        ];
        foreach (var (label, text) in more)
            labels.Add(KeyValuePair.Create(label, text));
        return KeyValuePair.Create(new LabelSet(labels), value);
    }

    /// <summary>A <c>metrics-restart</c> fault sets its target's counters to zero once, when it begins.</summary>
    private void Restart()
    {
        var active = faults.Active(FaultNames.MetricsRestart);
        restarted.IntersectWith(active);
        foreach (var fault in active.Where(restarted.Add))
        {
            lock (restarting)
            {
                requests.Reset(key => key.Reporter == "destination" && servers.Running.Any(pod =>
                    pod.Name == key.Pod && fault.Hits(pod.Service, pod.Colour, pod.ImageTag, pod.Name)));
            }
        }
    }
}
