using System.Globalization;
using VisionRollout.Core.Metrics;
using VisionRollout.Core.Plan;

namespace VisionRollout.Adapters.Prometheus;

/// <summary>Sums samples into one set of counters per pod, and names what is wrong with them. A series that two scrape jobs
/// bring twice is counted once.</summary>
internal sealed class CounterCollector(PlanMetrics names)
{
    private readonly SortedDictionary<(string Deployment, string Pod), Counts> pods = [];
    private readonly HashSet<string> seen = new(StringComparer.Ordinal);
    private readonly HashSet<string> problems = new(StringComparer.Ordinal);
    private readonly HashSet<(string Deployment, string Pod)> unusable = [];

    /// <summary>Takes samples of <c>istio_requests_total</c> from the destinations' own proxies.</summary>
    public void AddRequests(IEnumerable<PrometheusSample> samples)
    {
        foreach (var sample in samples)
        {
            var deployment = sample["destination_workload"];
            if (!IsUsable(sample, deployment, names.Requests)) continue;
            CountsOf(deployment, sample.Pod).Add(sample);
        }
    }

    /// <summary>Takes samples of <c>istio_requests_total</c> of requests that never arrived, counted by who sent them.</summary>
    /// <param name="samples">Samples with the reporter <c>source</c>.</param>
    /// <param name="deploymentOf">Deployment that a sample is put down to; null drops it.</param>
    public void AddNeverArrived(IEnumerable<PrometheusSample> samples, Func<PrometheusSample, string?> deploymentOf)
    {
        foreach (var sample in samples)
        {
            if (deploymentOf(sample) is not { } deployment || !IsUsable(sample, deployment, $"{names.Requests} (source)")) continue;
            // Not a pod of the Deployment: the counter lives (and restarts) with the sender's proxy.
            CountsOf(deployment, $"(never arrived, from {sample.Pod})").Add(sample);
        }
    }

    /// <summary>Takes samples of <c>istio_request_duration_milliseconds_bucket</c>.</summary>
    public void AddLatency(IEnumerable<PrometheusSample> samples)
    {
        foreach (var sample in samples)
        {
            var deployment = sample["destination_workload"];
            if (!IsUsable(sample, deployment, names.Latency + "_bucket") || Edge(sample["le"]) is not { } edge) continue;
            var buckets = CountsOf(deployment, sample.Pod).Buckets;
            buckets[edge] = buckets.GetValueOrDefault(edge) + sample.Value;
        }
    }

    /// <summary>Takes the times of the last samples by pod (Unix seconds) and names the pods whose last one is too old.</summary>
    public void AddTimes(IEnumerable<PrometheusSample> samples, DateTimeOffset at, TimeSpan oldest)
    {
        foreach (var group in samples.GroupBy(sample => sample["destination_workload"]))
        {
            var ages = group.Select(sample => (at.ToUnixTimeMilliseconds() / 1000.0) - sample.Value).Where(age => age > oldest.TotalSeconds).ToList();
            if (ages.Count > 0)
                problems.Add(string.Create(CultureInfo.InvariantCulture, $"stale: {ages.Count} of {group.Count()} pods of {group.Key} were last scraped {ages.Max():0} s before"));
        }
    }

    /// <summary>The reading; names the Deployments without series.</summary>
    public MetricReading Finish(IReadOnlyCollection<string> deployments, DateTimeOffset at)
    {
        var usable = pods.Where(pod => !unusable.Contains(pod.Key)).ToList();
        foreach (var deployment in deployments)
        {
            var own = usable.Where(pod => pod.Key.Deployment == deployment && !pod.Key.Pod.StartsWith('(')).ToList();
            if (own.Count == 0) problems.Add($"no series: {names.Requests} of {deployment}");
            else if (own.Any(pod => pod.Value.Requests > 0) && own.All(pod => pod.Value.Buckets.Count == 0)) problems.Add($"no series: {names.Latency}_bucket of {deployment}");
        }

        return new MetricReading(at, [.. usable.Select(pod => pod.Value.Read(pod.Key.Deployment, pod.Key.Pod))], [.. problems.Order(StringComparer.Ordinal)]);
    }

    private static double? Edge(string text) =>
        text == "+Inf" ? double.PositiveInfinity
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var edge) ? edge : null;

    private bool IsUsable(PrometheusSample sample, string deployment, string metric)
    {
        var hasPod = sample["pod"].Length + sample["pod_name"].Length + sample["kubernetes_pod_name"].Length > 0;
        var identity = string.Join('\n', sample.Labels.Where(label => label.Key is not "job" && (label.Key is not "instance" || !hasPod))
            .OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => $"{label.Key}={label.Value}").Prepend(metric));
        if (!seen.Add(identity))
        {
            problems.Add($"duplicated: {metric} of {deployment} is scraped by more than one job");
            return false;
        }

        if (double.IsFinite(sample.Value)) return true;
        problems.Add($"NaN: {metric} of {deployment}");
        unusable.Add((deployment, sample.Pod));
        return false;
    }

    private Counts CountsOf(string deployment, string pod)
    {
        if (!pods.TryGetValue((deployment, pod), out var counts)) pods[(deployment, pod)] = counts = new Counts();
        return counts;
    }

    private sealed class Counts
    {
        private double errors;
        private double unavailable;

        public double Requests { get; private set; }

        public SortedDictionary<double, double> Buckets { get; } = [];

        public void Add(PrometheusSample sample)
        {
            Requests += sample.Value;
            if (RequestOutcome.IsError(sample)) errors += sample.Value;
            if (RequestOutcome.IsUnavailable(sample)) unavailable += sample.Value;
        }

        public PodCounters Read(string deployment, string pod) => new()
        {
            Deployment = deployment,
            Pod = pod,
            Requests = Requests,
            Errors = errors,
            Unavailable = unavailable,
            Latency = [.. Buckets.Select(bucket => new HistogramBucket(bucket.Key, bucket.Value))],
        };
    }
}
