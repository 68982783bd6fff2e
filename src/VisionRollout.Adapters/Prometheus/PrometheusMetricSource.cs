using VisionRollout.Adapters.Http;
using VisionRollout.Core.Metrics;
using VisionRollout.Core.Plan;

namespace VisionRollout.Adapters.Prometheus;

/// <summary>Raw counters of the plan's request metrics (Istio's standard ones by default) from Prometheus: four
/// queries whatever the number of pods. No rate() or increase(): they extrapolate, and hide restarts that the caller wants to see.
/// Requests that never arrived are known to their senders only (reporter <c>source</c>); those that reached no workload at all
/// (<c>destination_workload="unknown"</c>) name just the Service, and are put down to the first asked Deployment of its colour.</summary>
public sealed class PrometheusMetricSource : IMetricSource
{
    private readonly PrometheusClient client;
    private readonly RolloutPlan plan;
    private readonly PlanEnvironment environment;
    private readonly TimeSpan scrapeInterval;
    private readonly MetricQueries queries;

    /// <summary>Reads from the Prometheus at an address.</summary>
    /// <param name="http">The client.</param>
    /// <param name="address">The part before <c>/api/v1</c>.</param>
    /// <param name="plan">The plan: which Deployment has which colour, and what the metrics are called.</param>
    /// <param name="environment">The environment: namespace and the route's hosts.</param>
    /// <param name="scrapeInterval">How often the pods are scraped; a sample older than three of them is stale.</param>
    public PrometheusMetricSource(OutsideHttp http, Uri address, RolloutPlan plan, PlanEnvironment environment, TimeSpan scrapeInterval)
    {
        client = new PrometheusClient(http, address);
        this.plan = plan;
        this.environment = environment;
        this.scrapeInterval = scrapeInterval;
        queries = new MetricQueries(plan.Metrics, environment.Namespace);
    }

    /// <inheritdoc/>
    public async Task<MetricReading> ReadAsync(IReadOnlyCollection<string> deployments, DateTimeOffset at, CancellationToken token)
    {
        if (deployments.Count == 0) return new MetricReading(at, [], []);
        var collector = new CounterCollector(plan.Metrics);
        collector.AddRequests(queries.Standard(await client.QueryAsync(queries.Requests(deployments), at, token)));
        collector.AddLatency(queries.Standard(await client.QueryAsync(queries.Latency(deployments), at, token)));
        if (queries.HasNeverArrived)
            collector.AddNeverArrived(queries.Standard(await client.QueryAsync(queries.NeverArrived(deployments), at, token)), sample => DeploymentOf(sample, deployments));

        // Servers with a part of PromQL only may lack timestamp(): then staleness shows as counters that stand still.
        var times = await client.TryQueryAsync(queries.Times(deployments), at, token);
        if (times is not null) collector.AddTimes(queries.Standard(times), at, scrapeInterval * 3);
        return collector.Finish(deployments, at);
    }

    private string? DeploymentOf(PrometheusSample sample, IReadOnlyCollection<string> deployments)
    {
        var workload = sample["destination_workload"];
        if (deployments.Contains(workload)) return workload;
        var host = sample["destination_service_name"].Split('.')[0];
        if (sample["destination_service_namespace"] is var ns && ns.Length > 0 && ns != environment.Namespace) return null;
        var route = environment.Routes.FirstOrDefault(item => item.Hosts.Values.Any(value => value.Split('.')[0] == host));
        var colour = route?.Hosts.First(item => item.Value.Split('.')[0] == host).Key;
        return colour is null ? null
            : plan.Services.Where(service => environment.RouteOf(service.Name) == route).Select(service => service.Deployments.GetValueOrDefault(colour)).FirstOrDefault(name => name is not null && deployments.Contains(name));
    }
}
