using System.Text.RegularExpressions;
using VisionRollout.Adapters.Http;
using VisionRollout.Core.Metrics;
using VisionRollout.Core.Plan;

namespace VisionRollout.Adapters.Prometheus;

/// <summary>Raw counters of Istio's standard metrics (istio.io/latest/docs/reference/config/metrics) from Prometheus: four
/// queries whatever the number of pods. No rate() or increase(): they extrapolate, and hide restarts that the caller wants to see.
/// Requests that never arrived are known to their senders only (reporter <c>source</c>); those that reached no workload at all
/// (<c>destination_workload="unknown"</c>) name just the Service, and are put down to the first asked Deployment of its colour.</summary>
public sealed class PrometheusMetricSource : IMetricSource
{
    private const string PodLabels = "pod, pod_name, kubernetes_pod_name, instance, job";
    private const string Outcome = "response_code, response_flags, grpc_response_status";

    private readonly PrometheusClient client;
    private readonly RolloutPlan plan;
    private readonly PlanEnvironment environment;
    private readonly TimeSpan scrapeInterval;

    /// <summary>Reads from the Prometheus at an address.</summary>
    /// <param name="http">The client.</param>
    /// <param name="address">The part before <c>/api/v1</c>.</param>
    /// <param name="plan">The plan: which Deployment has which colour.</param>
    /// <param name="environment">The environment: namespace and the route's hosts.</param>
    /// <param name="scrapeInterval">How often the pods are scraped; a sample older than three of them is stale.</param>
    public PrometheusMetricSource(OutsideHttp http, Uri address, RolloutPlan plan, PlanEnvironment environment, TimeSpan scrapeInterval)
    {
        client = new PrometheusClient(http, address);
        this.plan = plan;
        this.environment = environment;
        this.scrapeInterval = scrapeInterval;
    }

    /// <inheritdoc/>
    public async Task<MetricReading> ReadAsync(IReadOnlyCollection<string> deployments, DateTimeOffset at, CancellationToken token)
    {
        if (deployments.Count == 0) return new MetricReading(at, [], []);
        var collector = new CounterCollector();
        var arrived = $"reporter=\"destination\", destination_workload_namespace=\"{environment.Namespace}\", destination_workload=~\"{Pattern(deployments)}\"";
        collector.AddRequests(await client.QueryAsync($"sum by (destination_workload, {PodLabels}, {Outcome}) (istio_requests_total{{{arrived}}})", at, token));
        collector.AddLatency(await client.QueryAsync($"sum by (destination_workload, {PodLabels}, le) (istio_request_duration_milliseconds_bucket{{{arrived}}})", at, token));

        var lost = $"reporter=\"source\", destination_workload=~\"{Pattern([.. deployments, "unknown"])}\", response_flags=~\"(.*,)?(UF|UH|NR|NC)(,.*)?\"";
        collector.AddNeverArrived(
            await client.QueryAsync($"sum by (destination_workload, destination_service_name, destination_service_namespace, {PodLabels}, {Outcome}) (istio_requests_total{{{lost}}})", at, token),
            sample => DeploymentOf(sample, deployments));

        // Servers with a part of PromQL only may lack timestamp(): then staleness shows as counters that stand still.
        var times = await client.TryQueryAsync($"max by (destination_workload, {PodLabels}) (timestamp(istio_requests_total{{{arrived}}}))", at, token);
        if (times is not null) collector.AddTimes(times, at, scrapeInterval * 3);
        return collector.Finish(deployments, at);
    }

    /// <summary>An alternation for <c>=~</c>, escaped for the regular expression and for the PromQL string around it.</summary>
    private static string Pattern(IEnumerable<string> names) =>
        string.Join('|', names.Select(name => Regex.Escape(name).Replace("\\", "\\\\", StringComparison.Ordinal)));

    private string? DeploymentOf(PrometheusSample sample, IReadOnlyCollection<string> deployments)
    {
        var workload = sample["destination_workload"];
        if (deployments.Contains(workload)) return workload;
        var host = sample["destination_service_name"].Split('.')[0];
        if (sample["destination_service_namespace"] is var ns && ns.Length > 0 && ns != environment.Namespace) return null;
        var colour = environment.Route.Hosts.FirstOrDefault(item => item.Value.Split('.')[0] == host).Key;
        return colour is null ? null
            : plan.Services.Select(service => service.Deployments.GetValueOrDefault(colour)).FirstOrDefault(name => name is not null && deployments.Contains(name));
    }
}
