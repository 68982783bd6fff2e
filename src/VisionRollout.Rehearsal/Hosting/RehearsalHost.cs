using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Logging.Console;
using VisionRollout.Rehearsal.Alerts;
using VisionRollout.Rehearsal.Cluster;
using VisionRollout.Rehearsal.Faults;
using VisionRollout.Rehearsal.Hooks;
using VisionRollout.Rehearsal.KubernetesApi;
using VisionRollout.Rehearsal.Ledger;
using VisionRollout.Rehearsal.Mesh;
using VisionRollout.Rehearsal.Metrics;
using VisionRollout.Rehearsal.Postgres;
using VisionRollout.Rehearsal.Scenario;
using VisionRollout.Rehearsal.Seed;
using VisionRollout.Rehearsal.Time;

namespace VisionRollout.Rehearsal.Hosting;

/// <summary>The cluster with its web servers: the control endpoints, the Kubernetes API, the gateway.</summary>
internal sealed class RehearsalHost : IAsyncDisposable
{
    /// <summary>The cluster has been measured for this long (virtual time) when it is handed over, so that its metrics have a past.</summary>
    public static readonly TimeSpan Measured = TimeSpan.FromMinutes(5);

    private const string ContextName = "rehearsal";

    private readonly RehearsalScenario scenario;
    private readonly WebApplication application;
    private Uri? gateway;

    private RehearsalHost(RehearsalScenario scenario, WebApplication application)
    {
        this.scenario = scenario;
        this.application = application;
    }

    /// <summary>The virtual time before any demand, in which the live colour's pods become ready.</summary>
    public static TimeSpan WarmUp(RehearsalScenario scenario)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        return TimeSpan.FromSeconds(scenario.Versions[scenario.LiveVersion].StartupSeconds + 10);
    }

    /// <summary>Puts everything together without starting it.</summary>
    public static RehearsalHost Build(RehearsalScenario scenario, ServiceDatabases databases, ParentWatch parent)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, scenario.ControlPort);
        });
        builder.Services.AddRouting();
        builder.Services.AddSingleton(parent);
        builder.Services.ConfigureHttpJsonOptions(options => options.SerializerOptions.Converters.Add(new UtcTimeConverter()));
        builder.Logging.AddConsole(options => options.LogToStandardErrorThreshold = LogLevel.Trace).SetMinimumLevel(LogLevel.Warning);
        builder.Services.Configure<SimpleConsoleFormatterOptions>(options => options.SingleLine = true);
        builder.Services.AddRehearsal(scenario, databases);
        var application = builder.Build();
        MapControl(application);
        return new RehearsalHost(scenario, application);
    }

    /// <summary>Fills the cluster, lets it run until the scenario's start, and lets the probes flow.</summary>
    public async Task StartAsync(CancellationToken token)
    {
        var faults = Get<FaultSchedule>();
        foreach (var effect in application.Services.GetServices<IFaultEffect>())
            faults.Enact(effect);
        await Get<KubernetesApiServer>().StartAsync(scenario.KubernetesPort, token);
        Get<ClusterSeed>().Plant();
        var (clock, controllers) = (Get<VirtualClock>(), Get<ControllerQueue>());
        clock.Settle(() => controllers.SettleAsync(CancellationToken.None));
        await application.StartAsync(token);
        gateway = await Get<Gateway>().StartAsync(scenario.GatewayPort, token);
        await controllers.SettleAsync(token);
        await clock.AdvanceToAsync(scenario.Start - Measured, token);
        Get<ClockTicks>().Start();
        await clock.AdvanceToAsync(scenario.Start, token);
        foreach (var fault in scenario.Faults)
            await faults.AddAsync(fault, scenario.Start);
        clock.Start();
        Get<ProbeTraffic>().Start(gateway);
    }

    /// <summary>Writes the kubeconfig and says where everything is.</summary>
    public ReadyLine Describe(RunDirectory directory, IPostgresServer server)
    {
        var kubernetes = Get<KubernetesApiServer>();
        kubernetes.WriteKubeConfig(directory.Kubeconfig, ContextName, scenario.Namespace, [.. scenario.People.Select(person => (person.User, person.Groups))]);
        var control = Addresses().First(address => address.StartsWith("http:", StringComparison.Ordinal));
        return new ReadyLine
        {
            Kubeconfig = directory.Kubeconfig,
            Context = ContextName,
            Namespace = scenario.Namespace,
            Kubernetes = kubernetes.Address.GetLeftPart(UriPartial.Authority),
            Gateway = gateway!.GetLeftPart(UriPartial.Authority),
            Prometheus = control + "/prometheus",
            Alertmanager = control + "/alertmanager",
            ChatWebhook = control + "/hooks/chat",
            StatusPage = control + "/hooks/status",
            Clock = control + "/clock",
            Control = control,
            Backups = directory.Backups,
            PostgresHost = server.Host,
            PostgresPort = server.Port,
            PostgresBin = PostgresPrograms.Search()?.Folder,
            Pid = Environment.ProcessId,
            Directory = directory.Root,
        };
    }

    /// <summary>Ends from the outside in: probes, gateway, web servers and controllers, then the pods and the clock.</summary>
    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        await Get<ProbeTraffic>().StopAsync();
        await Get<Gateway>().DisposeAsync();
        await Get<KubernetesApiServer>().DisposeAsync();
        await application.StopAsync(limit.Token);
        await application.DisposeAsync();
    }

    private static void MapControl(WebApplication application)
    {
        var services = application.Services;
        var clock = services.GetRequiredService<VirtualClock>();
        application.MapClock(clock);
        application.MapFaults(services.GetRequiredService<FaultSchedule>(), clock);
        application.MapHooks(services.GetRequiredService<HookLog>(), clock);
        application.MapTraffic();
        application.MapPrometheus();
        application.MapAlertmanager();
        application.MapEffects();
        application.MapShutdown(services.GetRequiredService<ParentWatch>());
    }

    private T Get<T>()
        where T : notnull => application.Services.GetRequiredService<T>();

    private ICollection<string> Addresses() => Get<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
}
