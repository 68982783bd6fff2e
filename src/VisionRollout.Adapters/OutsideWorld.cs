using VisionRollout.Adapters.Alertmanager;
using VisionRollout.Adapters.Backups;
using VisionRollout.Adapters.Clocks;
using VisionRollout.Adapters.Http;
using VisionRollout.Adapters.Journals;
using VisionRollout.Adapters.Kubernetes;
using VisionRollout.Adapters.Leases;
using VisionRollout.Adapters.Postgres;
using VisionRollout.Adapters.Prometheus;
using VisionRollout.Adapters.Slack;
using VisionRollout.Adapters.StatusPage;
using VisionRollout.Adapters.Traffic;
using VisionRollout.Core.Alerts;
using VisionRollout.Core.Clock;
using VisionRollout.Core.Databases;
using VisionRollout.Core.Databases.Migrations;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Journal;
using VisionRollout.Core.Leases;
using VisionRollout.Core.Messages;
using VisionRollout.Core.Metrics;
using VisionRollout.Core.Plan;
using VisionRollout.Core.Traffic;
using VisionRollout.Core.Workloads;

namespace VisionRollout.Adapters;

/// <summary>All outside systems of one environment, each behind its port and made when first used. Safe for concurrent use.</summary>
public sealed class OutsideWorld : IDisposable
{
    private static readonly TimeSpan ScrapeInterval = TimeSpan.FromSeconds(15);

    private readonly Lazy<OutsideHttp> http = new(() => new OutsideHttp());
    private readonly Lazy<OutsideHttp> prometheusHttp;
    private readonly Lazy<OutsideHttp> alertmanagerHttp;
    private readonly Lazy<IRolloutClock> clock;
    private readonly Lazy<KubernetesConnection> cluster;
    private readonly Lazy<IWorkloads> workloads;
    private readonly Lazy<IPodAccess> pods;
    private readonly Lazy<IClusterObjects> objects;
    private readonly Lazy<IClusterAccess> access;
    private readonly Lazy<IReadOnlyList<ClusterRouter>> routes;
    private readonly Lazy<ITrafficRouter> router;
    private readonly Lazy<ILeaseStore> leases;
    private readonly Lazy<IJournalStores> journals;
    private readonly Lazy<IMetricSource> metrics;
    private readonly Lazy<IAlertSource> alerts;
    private readonly Lazy<IAlertSilences> silences;
    private readonly Lazy<IAlertHistory> alertHistory;
    private readonly Lazy<IMessageChannel> chat;
    private readonly Lazy<IMessageChannel> statusPage;
    private readonly Lazy<IServiceDatabases> databases;
    private readonly Lazy<IDatabaseMigrations> migrations;
    private readonly Lazy<IDatabaseBackups> backups;
    private readonly Lazy<IMigrationPreflights> preflights;

    /// <summary>Describes the outside world; nothing is contacted yet.</summary>
    public OutsideWorld(RolloutPlan plan, PlanEnvironment environment)
    {
        Plan = plan;
        Environment = environment;
        var endpoints = environment.Endpoints;
        clock = new(() => endpoints.Clock is { } address ? new RemoteClock(http.Value, address) : new SystemClock());
        cluster = new(() => new KubernetesConnection(environment) { Fence = Fence });
        journals = new(() => new KubernetesJournalStores(cluster.Value, environment.Name));
        leases = new(() => new KubernetesLeaseStore(cluster.Value, environment.Name));
        workloads = new(() => new KubernetesWorkloads(cluster.Value, plan));
        pods = new(() => new KubernetesPodAccess(cluster.Value));
        objects = new(() => new KubernetesObjects(cluster.Value));
        access = new(() => new KubernetesAccess(cluster.Value));
        routes = new(() => [.. environment.Routes.Select(route => new ClusterRouter(cluster.Value, route, plan.Colours))]);
        router = new(() => routes.Value is [var only] ? only : new RouteGroup(routes.Value));
        prometheusHttp = new(() => With(endpoints.PrometheusSecret));
        alertmanagerHttp = new(() => With(endpoints.AlertmanagerSecret));
        metrics = Made<IMetricSource>(() => new PrometheusMetricSource(prometheusHttp.Value, Require(endpoints.Prometheus, nameof(endpoints.Prometheus)), plan, environment, ScrapeInterval));
        alerts = Made<IAlertSource>(() => new AlertmanagerSource(alertmanagerHttp.Value, Require(endpoints.Alertmanager, nameof(endpoints.Alertmanager))));
        silences = Made<IAlertSilences>(() => new AlertmanagerSilences(alertmanagerHttp.Value, Require(endpoints.Alertmanager, nameof(endpoints.Alertmanager))));
        alertHistory = Made<IAlertHistory>(() => new PrometheusAlertHistory(prometheusHttp.Value, Require(endpoints.Prometheus, nameof(endpoints.Prometheus)), environment));
        chat = Made<IMessageChannel>(() => new ChatWebhook(http.Value, Require(endpoints.ChatWebhook, nameof(endpoints.ChatWebhook))));
        statusPage = Made<IMessageChannel>(() => new StatusPageChannel(http.Value, Require(endpoints.StatusPage, nameof(endpoints.StatusPage))));
        var addresses = new DatabaseAddresses(() => Objects);
        databases = new(() => new ServiceDatabases(addresses, Clock));
        migrations = new(() => new ServiceMigrations(addresses, Databases, () => Pods));
        backups = new(() => new DatabaseBackups(addresses, new BackupStores(endpoints.S3Endpoint), new BackupKeys(() => Objects), new PostgresTools(), Clock));
        preflights = new(() => new ServicePreflights(addresses, Backups, () => Pods, Clock));
    }

    /// <summary>The plan.</summary>
    public RolloutPlan Plan { get; }

    /// <summary>The environment.</summary>
    public PlanEnvironment Environment { get; }

    /// <summary>Asked right before everything that changes the environment; throws when this session may not write. Set it before the first use.</summary>
    public Func<CancellationToken, Task>? Fence { get; init; }

    /// <summary>The environment's lease.</summary>
    public ILeaseStore Leases => leases.Value;

    /// <summary>The environment's journals in its cluster.</summary>
    public IJournalStores Journals => journals.Value;

    /// <summary>Leaves the fencing number at the route, so that a write that the last holder has begun meets another version and is refused.</summary>
    public async Task FenceRouteAsync(long fence, CancellationToken token)
    {
        List<RolloutException> failures = [];
        foreach (var route in routes.Value)
        {
            try
            {
                await route.FenceAsync(fence, token);
            }
            catch (RolloutException cause)
            {
                // To one that is not there nobody writes.
                if (cause.Kind != RolloutErrorKind.NotFound || routes.Value.Count == 1) failures.Add(cause);
            }
        }

        if (failures.Count > 0) throw failures[0];
    }

    /// <summary>The clock.</summary>
    public IRolloutClock Clock => clock.Value;

    /// <summary>The plan's Deployments and pods.</summary>
    public IWorkloads Workloads => workloads.Value;

    /// <summary>Commands and requests in pods.</summary>
    public IPodAccess Pods => pods.Value;

    /// <summary>Secrets and ConfigMaps of the environment, and who we are in its cluster.</summary>
    public IClusterObjects Objects => objects.Value;

    /// <summary>Who the credentials of another context of the kubeconfig belong to.</summary>
    /// <param name="context">Name of the context.</param>
    /// <param name="token">Cancels.</param>
    /// <exception cref="RolloutException">There is no such context, or its credentials don't hold.</exception>
    public async Task<ClusterIdentity> ReadIdentityAsync(string context, CancellationToken token)
    {
        using var other = new KubernetesConnection(Environment with { Endpoints = Environment.Endpoints with { Context = context } });
        return await new KubernetesObjects(other).ReadIdentityAsync(token);
    }

    /// <summary>What we may do in the environment.</summary>
    public IClusterAccess Access => access.Value;

    /// <summary>The environment's traffic route, or all of them together.</summary>
    public ITrafficRouter Router => router.Value;

    /// <summary>Request counters of the mesh.</summary>
    /// <exception cref="RolloutException">EndpointMissing.</exception>
    public IMetricSource Metrics => metrics.Value;

    /// <summary>The alerts that fire.</summary>
    /// <exception cref="RolloutException">EndpointMissing.</exception>
    public IAlertSource Alerts => alerts.Value;

    /// <summary>Silences of alerts.</summary>
    /// <exception cref="RolloutException">EndpointMissing.</exception>
    public IAlertSilences Silences => silences.Value;

    /// <summary>The alerts that have fired.</summary>
    /// <exception cref="RolloutException">EndpointMissing.</exception>
    public IAlertHistory AlertHistory => alertHistory.Value;

    /// <summary>A channel of the plan.</summary>
    /// <exception cref="RolloutException">EndpointMissing.</exception>
    public IMessageChannel Channel(PlanChannel channel) => channel.Kind == ChannelKind.StatusPage ? statusPage.Value : chat.Value;

    /// <summary>The databases of the plan's services.</summary>
    public IServiceDatabases Databases => databases.Value;

    /// <summary>Their migrations.</summary>
    public IDatabaseMigrations Migrations => migrations.Value;

    /// <summary>Their backups.</summary>
    public IDatabaseBackups Backups => backups.Value;

    /// <summary>Runs migrations on a scratch database first.</summary>
    public IMigrationPreflights Preflights => preflights.Value;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (cluster.IsValueCreated) cluster.Value.Dispose();
        foreach (var made in new[] { http, prometheusHttp, alertmanagerHttp }.Where(item => item.IsValueCreated)) made.Value.Dispose();
    }

    private OutsideHttp With(string? secret) => secret is null
        ? new OutsideHttp()
        : new OutsideHttp(async token => OutsideCredentials.Read(secret, await Objects.ReadSecretAsync(secret, token)));

    /// <summary>Made at first use; an address that is missing is told each time.</summary>
    private static Lazy<T> Made<T>(Func<T> make) => new(make, LazyThreadSafetyMode.PublicationOnly);

    private Uri Require(Uri? address, string key) => address
        ?? throw new RolloutException("EndpointMissing", RolloutErrorKind.InvalidInput,
            $"Environment '{Environment.Name}' of the plan has no Endpoints.{key}.",
            $"Add Endpoints.{key} to environment '{Environment.Name}' in {Plan.Path}.", Environment.Name);
}
