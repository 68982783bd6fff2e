using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Logging.Console;
using VisionRollout.Rehearsal.Cluster;
using VisionRollout.Rehearsal.Faults;
using VisionRollout.Rehearsal.Hooks;
using VisionRollout.Rehearsal.Postgres;
using VisionRollout.Rehearsal.Scenario;
using VisionRollout.Rehearsal.Seed;
using VisionRollout.Rehearsal.Time;

namespace VisionRollout.Rehearsal.Hosting;

/// <summary>The cluster with its web servers: the control endpoints over http, the Kubernetes API over https.</summary>
internal sealed class RehearsalHost : IAsyncDisposable
{
    private const string ContextName = "rehearsal";

    private readonly WebApplication application;
    private readonly VirtualClock clock;

    private RehearsalHost(WebApplication application, VirtualClock clock)
    {
        this.application = application;
        this.clock = clock;
    }

    /// <summary>The faults of this run.</summary>
    public FaultSchedule Faults => application.Services.GetRequiredService<FaultSchedule>();

    private string ControlAddress => Addresses.First(address => address.StartsWith("http:", StringComparison.Ordinal));

    private ICollection<string> Addresses => application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;

    /// <summary>Puts everything together without starting it.</summary>
    public static RehearsalHost Build(RehearsalScenario scenario, ServiceDatabases databases, VirtualClock clock, ParentWatch parent)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
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
        builder.Services.AddRehearsal(scenario, databases, clock);
        var application = builder.Build();
        MapControl(application, clock);
        return new RehearsalHost(application, clock);
    }

    /// <summary>Fills the cluster, starts the controllers and the web servers.</summary>
    public async Task StartAsync(RunDirectory directory, CancellationToken token)
    {
        var services = application.Services;
        foreach (var effect in services.GetServices<IFaultEffect>())
            Faults.Enact(effect);
        services.GetRequiredService<ClusterSeed>().Plant();
        clock.Settle(() => services.GetRequiredService<ControllerQueue>().SettleAsync(token));
        await application.StartAsync(token);
        await services.GetRequiredService<ControllerQueue>().SettleAsync(token);
    }

    /// <summary>Says where everything is.</summary>
    public ReadyLine Describe(RehearsalScenario scenario, RunDirectory directory, IPostgresServer server) => new()
    {
        Kubeconfig = directory.Kubeconfig,
        Context = ContextName,
        Namespace = scenario.Namespace,
        Kubernetes = string.Empty,
        Gateway = string.Empty,
        Prometheus = ControlAddress + "/prometheus",
        Alertmanager = ControlAddress + "/alertmanager",
        ChatWebhook = ControlAddress + "/hooks/chat",
        StatusPage = ControlAddress + "/hooks/status",
        Clock = ControlAddress + "/clock",
        Control = ControlAddress,
        Backups = directory.Backups,
        PostgresHost = server.Host,
        PostgresPort = server.Port,
        PostgresBin = PostgresPrograms.Search()?.Folder,
        Pid = Environment.ProcessId,
        Directory = directory.Root,
    };

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        await application.StopAsync(limit.Token);
        await application.DisposeAsync();
    }

    private static void MapControl(WebApplication application, VirtualClock clock)
    {
        var services = application.Services;
        application.MapClock(clock);
        application.MapFaults(services.GetRequiredService<FaultSchedule>(), clock);
        application.MapHooks(services.GetRequiredService<HookLog>(), clock);
        application.MapEffects();
        application.MapShutdown(services.GetRequiredService<ParentWatch>());
    }
}
